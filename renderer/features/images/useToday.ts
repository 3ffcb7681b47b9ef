import { useEffect, useState } from 'react';

/** Start of today in milliseconds since 1970; changes at midnight. */
export function useToday(): number {
  const [today, setToday] = useState(startOfToday);
  useEffect(() => {
    const tomorrow = new Date(today).setDate(new Date(today).getDate() + 1);
    const timer = setTimeout(() => setToday(startOfToday()), Math.max(1000, tomorrow - Date.now()));
    return () => clearTimeout(timer);
  }, [today]);
  return today;
}

function startOfToday(): number {
  return new Date().setHours(0, 0, 0, 0);
}
