// Talks to the stand-in: the state by long polling, and what the person does. Nothing else is ever fetched.
import { useEffect, useState } from "react";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export function useWorkspace(user) {
  const [state, setState] = useState(null);
  const [away, setAway] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const follow = async () => {
      let since = "";
      while (!stop.signal.aborted) {
        try {
          const query = new URLSearchParams({ user, ...(since && { since, wait: "25" }) });
          const answer = await fetch(`/standin/state?${query}`, { signal: stop.signal });
          if (!answer.ok) throw new Error(String(answer.status));
          const next = await answer.json();
          since = String(next.version);
          setState(next);
          setAway(false);
        } catch {
          if (stop.signal.aborted) return;
          // The stand-in may have been started anew: its versions begin again.
          since = "";
          setAway(true);
          await pause(1000);
        }
      }
    };
    follow();
    return () => stop.abort();
  }, [user]);
  return [state, away];
}

export async function post(act, body) {
  const answer = await fetch(`/standin/${act}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (!answer) return { ok: false, error: "the stand-in is away" };
  return answer.json();
}
