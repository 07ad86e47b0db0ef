// Where a person types: Enter sends, a slash begins a command. Tells how the bot took the last command.
import { useRef, useState } from "react";

const OUTCOMES = {
  acknowledged: (delivery) => `acknowledged in ${Math.max(1, Math.round(delivery.ack_seconds * 1000))} ms`,
  operation_timeout: () => "not acknowledged within 3 seconds",
  dispatch_failed: () => "could not be delivered",
  pending: () => "waiting for the app",
};

export function Delivered({ delivery, trouble }) {
  if (trouble) return <p className="delivered bad" role="status">{trouble}</p>;
  if (!delivery) return <p className="delivered" role="status" />;
  const good = ["acknowledged", "pending"].includes(delivery.outcome);
  return (
    <p className={`delivered ${good ? "" : "bad"}`} role="status">
      <code>{delivery.about}</code> {OUTCOMES[delivery.outcome]?.(delivery) ?? delivery.outcome}
      {delivery.via === "socket" ? " over Socket Mode" : ""}
    </p>
  );
}

export function Composer({ label, commands, send, children }) {
  const [text, setText] = useState("");
  const area = useRef(null);
  const hints = commands.filter((command) => text.startsWith("/") && command.startsWith(text) && command !== text);
  const fill = (command) => {
    setText(`${command} `);
    area.current.focus();
  };
  const submit = () => {
    if (!text.trim()) return;
    send(text.trimEnd());
    setText("");
  };
  const key = (event) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Tab" && !event.shiftKey && hints.length) {
      event.preventDefault();
      fill(hints[0]);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  };
  return (
    <div className="composer">
      {hints.length > 0 && (
        <ul className="hints" aria-label="Commands">
          {hints.map((command) => (
            <li key={command}>
              <button type="button" onClick={() => fill(command)}>
                <strong>{command}</strong>
                <span>Tab to complete</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="box">
        <textarea
          ref={area}
          rows={1}
          value={text}
          aria-label={label}
          placeholder={label}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={key}
        />
        <button type="button" className="send" aria-label="Send" disabled={!text.trim()} onClick={submit}>
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M2.500 3.200 18 10 2.500 16.800 4.600 11 12 10 4.600 9z" />
          </svg>
        </button>
      </div>
      {children}
    </div>
  );
}
