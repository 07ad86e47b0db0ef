// Buttons, menus and pickers in messages, and the question some of them ask first. `press(value)` tells the bot.
import { useContext, useEffect, useRef, useState } from "react";
import { Directory, Text } from "./richtext.jsx";

export function Dialog({ label, close, children, className = "" }) {
  const dialog = useRef(null);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    close();
  };
  return (
    <dialog ref={dialog} className={className} aria-label={label} onCancel={cancel}>
      {children}
    </dialog>
  );
}

export function Confirm({ object, answer }) {
  return (
    <Dialog label={object.title.text} close={() => answer(false)}>
      <h2>
        <Text object={object.title} flat />
      </h2>
      <div className="dialog-body">
        <Text object={object.text} />
      </div>
      <div className="dialog-foot">
        <button type="button" className="button" onClick={() => answer(false)}>
          <Text object={object.deny} flat />
        </button>
        <button type="button" className={`button ${object.style ?? "primary"}`} onClick={() => answer(true)}>
          <Text object={object.confirm} flat />
        </button>
      </div>
    </Dialog>
  );
}

function Overflow({ element, press }) {
  const [open, show] = useState(false);
  return (
    <div className="overflow" onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && show(false)}>
      <button type="button" className="button" aria-label="More" aria-expanded={open} onClick={() => show(!open)}>
        ⋯
      </button>
      {open && (
        <div className="menu">
          {element.options.map((option) => (
            <button
              key={option.value}
              type="button"
              onClick={() => {
                show(false);
                press(option.value);
              }}
            >
              <Text object={option.text} flat />
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

// The choices of a menu: given ones, or people and channels of the workspace.
export function choices(element, directory) {
  const given = (options) => options.map((option) => ({ value: option.value, label: option.text.text }));
  if (element.option_groups) return element.option_groups.flatMap((group) => given(group.options));
  if (element.options) return given(element.options);
  if (element.type.includes("users")) {
    return Object.values(directory.users).map((user) => ({ value: user.id, label: `@${user.name}` }));
  }
  const named = Object.values(directory.channels).filter((channel) => !channel.is_im);
  return named.map((channel) => ({ value: channel.id, label: `#${channel.name}` }));
}

export const PICKERS = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };
export const picked = (element, value) =>
  element.type === "datetimepicker" ? Math.floor(new Date(value).getTime() / 1000) : value;

function Select({ element, press }) {
  const options = choices(element, useContext(Directory));
  const initial = element.initial_option?.value ?? element.initial_user ?? element.initial_channel ?? "";
  const label = element.placeholder?.text ?? "Choose an option";
  return (
    <select className="select" aria-label={label} defaultValue={initial} onChange={(event) => press(event.target.value)}>
      <option value="" disabled>
        {label}
      </option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function Ticks({ element, press }) {
  const many = element.type === "checkboxes";
  const first = many ? element.initial_options : [element.initial_option].filter(Boolean);
  const [chosen, choose] = useState(() => new Set((first ?? []).map((option) => option.value)));
  const tick = (value) => {
    const next = new Set(many ? chosen : []);
    if (many && chosen.has(value)) next.delete(value);
    else next.add(value);
    choose(next);
    press(many ? [...next] : value);
  };
  return (
    <fieldset className="ticks">
      {element.options.map((option) => (
        <label key={option.value}>
          <input
            type={many ? "checkbox" : "radio"}
            checked={chosen.has(option.value)}
            onChange={() => tick(option.value)}
          />
          <span>
            <Text object={option.text} flat />
            {option.description && <small><Text object={option.description} flat /></small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Button({ element, press }) {
  const follow = () => {
    if (/^https?:/i.test(element.url ?? "")) window.open(element.url, "_blank", "noopener,noreferrer");
    press(undefined);
  };
  return (
    <button
      type="button"
      className={`button ${element.style ?? ""}`}
      aria-label={element.accessibility_label}
      data-action={element.action_id}
      onClick={follow}
    >
      <Text object={element.text} flat />
    </button>
  );
}

function Feedback({ element, press }) {
  const label = (button) => button.accessibility_label ?? button.text.text;
  return (
    <>
      <button type="button" className="button" aria-label={label(element.positive_button)} onClick={() => press("positive")}>
        👍
      </button>
      <button type="button" className="button" aria-label={label(element.negative_button)} onClick={() => press("negative")}>
        👎
      </button>
    </>
  );
}

export function Control({ element, press }) {
  if (element.type === "overflow") return <Overflow element={element} press={press} />;
  if (element.type === "checkboxes" || element.type === "radio_buttons") return <Ticks element={element} press={press} />;
  if (element.type === "feedback_buttons") return <Feedback element={element} press={press} />;
  if (element.type.endsWith("_select")) return <Select element={element} press={press} />;
  if (PICKERS[element.type]) {
    return (
      <input
        className="select"
        type={PICKERS[element.type]}
        aria-label={element.placeholder?.text ?? "Choose"}
        defaultValue={element.initial_date ?? element.initial_time}
        onChange={(event) => event.target.value && press(picked(element, event.target.value))}
      />
    );
  }
  return <Button element={element} press={press} />;
}
