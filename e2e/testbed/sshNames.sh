# shellcheck shell=bash
# shellcheck disable=SC2034 # used where it is sourced
# What the scripts of the ssh hosts share. Sourced after common.sh, never run.
SSH=$FOLDER/ssh
SSH_ACCOUNTS="alice bob carol dave"
# Ranges in the hosts' own /etc/subuid, far above those that a machine gives away.
FIRST_SUBUID=1879048192
NEAR_NAME=cluster NEAR_PORT=5222 CODE_PORT=5223
FAR_NAME=clusterA FAR_NETWORK=10.77.0 FAR_ADDRESS=10.77.0.11
