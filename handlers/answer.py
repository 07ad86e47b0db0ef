"""A command to what the asker alone gets to read at once. A capture goes on the queue before it is confirmed."""

from analyzers.errors import MapstormError
from handlers import claims, command
from handlers.errors import RequestError, UnknownInstance
from handlers.notes import Accepted, ClaimList, Explanation, Help, History, Note, ServiceList, Slip
from handlers.ports import Tools
from handlers.records import Request, Service


async def answer(tools: Tools, text: str, *, asked_by: str, request_id: str) -> Note:
    """What to tell the asker. `request_id` is the same for every delivery of the same command."""
    try:
        match command.parse(text):
            case command.CaptureCommand(name, instance):
                service = tools.registry.get(name)
                instances = chosen(service, instance)
                await tools.queue.request(Request(request_id, service.name, instances, tools.now(), asked_by))
                return Accepted(service, instances)
            case command.HistoryCommand(name):
                service = tools.registry.get(name)
                return History(service, await tools.snapshots.history(service.name))
            case command.ServicesCommand():
                return ServiceList(tools.registry.all())
            case command.ExplainCommand(word):
                return explain(word)
            case command.HelpCommand():
                return Help()
    except RequestError as slip:
        return Slip(slip.reason, slip.detail, slip.nearest)
    except MapstormError as error:
        return Slip(error.reason, error.detail)


def explain(word: str | None) -> Note:
    """What is true of the claim behind `word`, or the words that are known. Raises UnknownClaim."""
    return ClaimList(claims.CLAIMS) if word is None else Explanation(claims.find(word))


def chosen(service: Service, instance: str | None) -> tuple[str, ...]:
    """The names of the instances meant: the first, the one named, or all. Raises UnknownInstance."""
    names = tuple(item.name for item in service.instances)
    if instance is None:
        return names[:1]
    if instance.lower() == command.ALL:
        return names
    found = next((name for name in names if name.lower() == instance.lower()), None)
    if found is None:
        raise UnknownInstance(instance, command.nearest(instance, names) or names[:3])
    return (found,)
