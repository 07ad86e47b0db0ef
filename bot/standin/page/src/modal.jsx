// A modal: its blocks, its inputs, and what happens on Submit. The server judges what was typed.
import { useContext, useState } from "react";
import { Block } from "./blocks.jsx";
import { choices, Dialog, picked, PICKERS } from "./controls.jsx";
import { Directory, Text } from "./richtext.jsx";

const TYPES = { email_text_input: "email", url_text_input: "url", number_input: "number", ...PICKERS };

const first = (element) =>
  element.initial_value ??
  element.initial_option?.value ??
  element.initial_options?.map((option) => option.value) ??
  element.initial_date ??
  element.initial_time ??
  element.initial_user ??
  element.initial_channel ??
  element.initial_conversation ??
  element.initial_users ??
  element.initial_channels ??
  element.initial_conversations;

function Menu({ element, id, set, describe }) {
  const options = choices(element, useContext(Directory));
  const many = element.type.startsWith("multi_");
  const change = (event) =>
    set(many ? [...event.target.selectedOptions].map((option) => option.value) : event.target.value);
  return (
    <select id={id} className="field" multiple={many} defaultValue={first(element) ?? (many ? [] : "")} onChange={change} {...describe}>
      {!many && (
        <option value="" disabled>
          {element.placeholder?.text ?? "Choose an option"}
        </option>
      )}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function Ticks({ element, id, set }) {
  const many = element.type === "checkboxes";
  const [chosen, choose] = useState(() => [first(element) ?? []].flat());
  const tick = (value) => {
    const without = chosen.filter((other) => other !== value);
    const next = many ? (without.length < chosen.length ? without : [...chosen, value]) : [value];
    choose(next);
    set(many ? next : value);
  };
  return element.options.map((option) => (
    <label key={option.value} className="tick">
      <input type={many ? "checkbox" : "radio"} name={id} checked={chosen.includes(option.value)} onChange={() => tick(option.value)} />
      <span>
        <Text object={option.text} flat />
        {option.description && <small><Text object={option.description} flat /></small>}
      </span>
    </label>
  ));
}

function Field({ element, id, set, describe }) {
  if (element.type.endsWith("_select")) return <Menu element={element} id={id} set={set} describe={describe} />;
  if (element.type === "checkboxes" || element.type === "radio_buttons") return <Ticks element={element} id={id} set={set} />;
  const shared = {
    id,
    className: "field",
    placeholder: element.placeholder?.text,
    defaultValue: first(element),
    maxLength: element.max_length,
    onChange: (event) => set(event.target.value && picked(element, event.target.value)),
    ...describe,
  };
  if (element.multiline) return <textarea rows={4} {...shared} />;
  return <input type={TYPES[element.type] ?? "text"} step={element.is_decimal_allowed ? "any" : undefined} {...shared} />;
}

function Input({ block, error, set }) {
  const id = `field-${block.block_id}`;
  const describe = { "aria-invalid": Boolean(error), "aria-describedby": error ? `${id}-error` : undefined };
  const many = ["checkboxes", "radio_buttons"].includes(block.element.type);
  const Group = many ? "fieldset" : "div";
  const Label = many ? "legend" : "label";
  return (
    <Group className="input">
      <Label htmlFor={many ? undefined : id}>
        <Text object={block.label} flat />
        {block.optional && <span className="optional"> (optional)</span>}
      </Label>
      <Field element={block.element} id={id} set={set} describe={describe} />
      {error && (
        <p id={`${id}-error`} className="error" role="alert">
          {error}
        </p>
      )}
      {block.hint && (
        <p className="hint">
          <Text object={block.hint} flat />
        </p>
      )}
    </Group>
  );
}

export function Modal({ modal, act, submit, close }) {
  const { view, errors } = modal;
  const [values, setValues] = useState({});
  const [trouble, setTrouble] = useState("");
  const [waiting, setWaiting] = useState(false);
  const set = (block) => (value) =>
    setValues((old) => ({ ...old, [block.block_id]: { ...old[block.block_id], [block.element.action_id]: value } }));
  const send = async (event) => {
    event.preventDefault();
    setTrouble("");
    setWaiting(true);
    const delivery = await submit(view.id, values);
    setWaiting(false);
    if (delivery && delivery.outcome !== "acknowledged") setTrouble("We had some trouble connecting. Try again?");
  };
  return (
    <Dialog label={view.title.text} close={() => close(view.id)} className="modal">
      <form onSubmit={send} noValidate>
        <header>
          <h2>
            <Text object={view.title} flat />
          </h2>
          <button type="button" className="icon" aria-label="Close" onClick={() => close(view.id)}>
            ✕
          </button>
        </header>
        <div className="dialog-body">
          {trouble && (
            <p className="error" role="alert">
              {trouble}
            </p>
          )}
          {view.blocks.map((block) =>
            block.type === "input" ? (
              <Input key={block.block_id} block={block} error={errors[block.block_id]} set={set(block)} />
            ) : (
              <Block key={block.block_id} block={block} act={(element, value, pressed) => act(view.id, element, value, values, pressed)} />
            ),
          )}
        </div>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={() => close(view.id)}>
            {view.close ? <Text object={view.close} flat /> : "Cancel"}
          </button>
          {view.submit && (
            <button type="submit" className="button primary" disabled={waiting}>
              <Text object={view.submit} flat />
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
