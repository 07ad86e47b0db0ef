// Draws blocks: those that must work (buttons, menus, inputs) and plain text here, the rest by the library.
import { useContext, useState } from "react";
import { Message as Library } from "slack-blocks-to-jsx";
import { Control, Confirm } from "./controls.jsx";
import { Directory, Mrkdwn, RichText, Text } from "./richtext.jsx";

const source = (image) => image.image_url ?? image.slack_file?.url ?? `/standin/files/${image.slack_file?.id}`;

// What is pressed goes to `act(element, value, block)`; a confirmation is asked for here.
export function Pressable({ element, block, act }) {
  const [asking, ask] = useState(null);
  const press = (value) => (element.confirm ? ask({ value }) : act(element, value, block));
  return (
    <>
      <Control element={element} press={press} />
      {asking && (
        <Confirm
          object={element.confirm}
          answer={(yes) => {
            ask(null);
            if (yes) act(element, asking.value, block);
          }}
        />
      )}
    </>
  );
}

function Section({ block, act }) {
  const { accessory } = block;
  return (
    <div className="section">
      <div className="section-text">
        <Text object={block.text} />
        {block.fields && (
          <div className="fields">
            {block.fields.map((field, index) => (
              <div key={index}>
                <Text object={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {accessory?.type === "image" && <img className="accessory" src={source(accessory)} alt={accessory.alt_text} />}
      {accessory && accessory.type !== "image" && <Pressable element={accessory} block={block} act={act} />}
    </div>
  );
}

function Context({ block }) {
  return (
    <div className="context">
      {block.elements.map((element, index) =>
        element.type === "image" ? (
          <img key={index} src={source(element)} alt={element.alt_text} />
        ) : (
          <div key={index}>
            <Text object={element} />
          </div>
        ),
      )}
    </div>
  );
}

function Picture({ block }) {
  return (
    <figure className="picture">
      {block.title && (
        <figcaption>
          <Text object={block.title} flat />
        </figcaption>
      )}
      <a href={source(block)} target="_blank" rel="noopener noreferrer">
        <img src={source(block)} alt={block.alt_text} />
      </a>
    </figure>
  );
}

function Cell({ cell }) {
  if (cell.type === "rich_text") return <RichText elements={cell.elements} />;
  return cell.text ?? String(cell.value);
}

function Table({ block }) {
  const settings = block.column_settings ?? [];
  const kind = (column) => `${settings[column]?.align ?? "left"} ${settings[column]?.is_wrapped ? "wrapped" : ""}`;
  const [head, ...rows] = block.rows;
  return (
    <div className="table" role="region" aria-label={block.caption ?? "Table"} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head.map((cell, column) => (
              <th key={column} scope="col" className={kind(column)}>
                <Cell cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} className={kind(column)}>
                  <Cell cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Others({ block }) {
  const directory = useContext(Directory);
  const named = (records, name) => Object.values(records).map((record) => ({ id: record.id, name: record[name] }));
  const data = {
    users: named(directory.users, "name"),
    channels: named(directory.channels, "name"),
    user_groups: named(directory.usergroups, "handle"),
  };
  return <Library blocks={[block]} data={data} theme={directory.theme} name="" logo="" withoutWrapper />;
}

export function Block({ block, act }) {
  switch (block.type) {
    case "section":
      return <Section block={block} act={act} />;
    case "header":
      return (
        <h3 className="header">
          <Text object={block.text} flat />
        </h3>
      );
    case "divider":
      return <hr />;
    case "context":
      return <Context block={block} />;
    case "actions":
    case "context_actions":
      return (
        <div className="actions">
          {block.elements.map((element) => (
            <Pressable key={element.action_id} element={element} block={block} act={act} />
          ))}
        </div>
      );
    case "image":
      return <Picture block={block} />;
    case "rich_text":
      return <RichText elements={block.elements} />;
    case "table":
    case "data_table":
      return <Table block={block} />;
    default:
      return <Others block={block} />;
  }
}

// A message's or a view's blocks; without blocks, the text.
export function Blocks({ content, act }) {
  if (!content.blocks?.length && !content.attachments?.length) return <Mrkdwn source={content.text ?? ""} />;
  return (
    <>
      {(content.blocks ?? []).map((block, index) => (
        <Block key={block.block_id ?? index} block={block} act={act} />
      ))}
      {(content.attachments ?? []).map((attachment, index) => (
        <div key={index} className="attachment">
          {attachment.blocks ? (
            <Blocks content={attachment} act={act} />
          ) : (
            <Mrkdwn source={attachment.text ?? attachment.fallback ?? ""} />
          )}
        </div>
      ))}
    </>
  );
}

