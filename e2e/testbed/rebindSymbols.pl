# Rebinds __isoc23_X@GLIBC_2.38 to X@GLIBC_2.2.5 in little-endian ELF64 files, in place; perl-base is enough.
# Debian 12 has glibc 2.36. The C23 forms of strtol and its kin differ only in accepting "0b" numbers.
# Dies when a file needs any other symbol that is newer than glibc 2.36.
# Layout: System V gABI, "Symbol Table", and the GNU symbol versioning of the LSB.
use strict; use warnings;
for my $file (@ARGV) {
  open my $fh, '+<:raw', $file or die "$file: $!"; local $/; my $d = <$fh>;
  substr($d,0,6) eq "\x7fELF\x02\x01" or die "$file: not ELF64 LE\n";
  my ($shoff) = unpack 'Q<', substr($d,0x28,8); my ($es,$n,$sx) = unpack 'v3', substr($d,0x3a,6);
  my @s = map { my @h = unpack 'VVQ<Q<Q<Q<VVQ<Q<', substr($d,$shoff+$_*$es,$es);
    {type=>$h[1],off=>$h[4],size=>$h[5],link=>$h[6],info=>$h[7]} } 0..$n-1;
  my ($dyn)  = grep { $_->{type}==11 } @s;            # .dynsym
  my ($vs)   = grep { $_->{type}==0x6fffffff } @s;    # .gnu.version
  my ($vn)   = grep { $_->{type}==0x6ffffffe } @s;    # .gnu.version_r
  $dyn && $vs && $vn or die "$file: no versioned dynamic symbols\n";
  my $str = $s[$dyn->{link}]{off};
  my $name = sub { my $o=$str+shift; substr($d,$o,index($d,"\0",$o)-$o) };
  my (%idx,%aux); my $p = $vn->{off};                 # the versions wanted of libc.so.6
  for (1..$vn->{info}) {
    my (undef,$cnt,$f,$a,$next) = unpack 'vvVVV', substr($d,$p,16); my $q=$p+$a;
    for (1..$cnt) {
      my ($hash,$fl,$other,$nm,$nx) = unpack 'VvvVV', substr($d,$q,16);
      if ($name->($f) eq 'libc.so.6') { $idx{$name->($nm)}=$other; $aux{$name->($nm)}=$q }
      $q+=$nx;
    }
    $p+=$next;
  }
  my @new = grep { /^GLIBC_2\.(\d+)$/ && $1>36 } keys %idx;
  if (!@new) { print "$file: nothing to do\n"; next }
  my %isnew = map { $idx{$_}=>1 } @new;
  my $base = $idx{'GLIBC_2.2.5'} // die "$file: no GLIBC_2.2.5\n"; my @done;
  for my $i (0..$dyn->{size}/24-1) {
    my $v = unpack 'v', substr($d,$vs->{off}+2*$i,2);
    next unless $isnew{$v & 0x7fff};
    my $so=$dyn->{off}+24*$i; my $o = unpack 'V', substr($d,$so,4); my $nm=$name->($o);
    $nm =~ /^__isoc23_(strtou?ll?)$/ or die "$file: symbol $nm is newer than glibc 2.36 and cannot be rebound\n";
    substr($d,$so,4) = pack 'V', $o+9;                # the name's own tail: "strtol"
    substr($d,$vs->{off}+2*$i,2) = pack 'v', $base; push @done, $nm;
  }
  # The version record itself becomes a second GLIBC_2.34 (or 2.2.5) record, so that the loader is content.
  my $from = $aux{'GLIBC_2.34'} // $aux{'GLIBC_2.2.5'};
  for (@new) { substr($d,$aux{$_},4)=substr($d,$from,4); substr($d,$aux{$_}+8,4)=substr($d,$from+8,4) }
  seek $fh,0,0; print $fh $d; close $fh or die "$file: $!"; print "$file: rebound @done\n";
}
