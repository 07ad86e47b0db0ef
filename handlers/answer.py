"""A command to what the asker alone gets to read at once. A capture goes on the queue before it is confirmed.

Who may ask what: help is everybody's, what there is and what is true guests may read, the rest is for members.
"""

from analyzers.errors import MapstormError
from handlers import claims, command
from handlers.errors import NothingOpen, SeveralOpen, UnknownCapture, UnknownInstance, WrongUsage
from handlers.handoffs import asked as handoffs
from handlers.history import history
from handlers.incident import Act, Filled
from handlers.incident_notes import IncidentList
from handlers.incidents.acts import act
from handlers.incidents.permission import admit, permit, permit_reading
from handlers.notes import Accepted, ClaimList, Examining, Explanation, Forgotten, Help, Note, ServiceList, Slip
from handlers.oncall.answer import on_call
from handlers.oncall_notes import OnCall
from handlers.ports import Tools
from handlers.records import Person, Request, Service, Thread
from handlers.registered import registered

# Each link is a question to Redis.
LINKS = 20


async def answer(tools: Tools, text: str, *, who: Person, request_id: str, thread: Thread | None = None) -> Note:
    """What to tell the asker. `request_id` is the same for every delivery of the same command; `thread` is where it
    was typed, if in one."""
    try:
        return await _answer(tools, command.parse(text), who, request_id, thread)
    except MapstormError as error:
        return Slip.of(error)


async def _answer(tools: Tools, asked: command.Command, who: Person, request_id: str, thread: Thread | None) -> Note:
    if isinstance(asked, command.OfRotations):
        return await _of_rotations(tools, asked, who, request_id, thread)
    match asked:
        case command.HelpCommand():
            return Help()
        case command.ServicesCommand():
            await permit_reading(tools, who)
            return ServiceList(tools.registry.all())
        case command.ExplainCommand(word):
            await permit_reading(tools, who)
            return explain(word)
        case command.HistoryCommand(name):
            await admit(tools, who)
            return await history(tools, tools.registry.get(name), who, request_id)
        case command.ForgetCommand(capture_id):
            return await _forget(tools, who, capture_id)
        case command.IncidentsCommand(name):
            await admit(tools, who)
            return await _incidents(tools, tools.registry.get(name) if name else None)
        case command.DoctorCommand():
            await admit(tools, who)  # what is wrong with an installation is nothing for guests
            return Examining()
        case command.ActCommand(deed, identity, seconds):
            await admit(tools, who)
            identity = identity or await _meant(tools, deed, who, thread)
            return await act(tools, identity, deed, who, filled=Filled(seconds))
        case command.CaptureCommand(name, instance):
            return await _capture(tools, who, request_id, name, instance)


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


async def _capture(tools: Tools, who: Person, request_id: str, name: str, instance: str | None) -> Note:
    await admit(tools, who)  # which services there are is nothing for a stranger's typing errors
    service = tools.registry.get(name)
    await permit(tools, who, service)
    instances = chosen(service, instance)
    await tools.queue.request(Request(request_id, service.name, instances, tools.now(), who.user))
    return Accepted(service, instances)


async def _forget(tools: Tools, who: Person, capture_id: str) -> Note:
    """Whoever may capture a service may take away what is kept of its captures. Raises UnknownCapture."""
    await admit(tools, who)
    capture = await tools.reports.capture(capture_id)
    if capture is None:
        raise UnknownCapture(capture_id)
    service = registered(tools.registry, capture.request.service)
    await permit(tools, who, service)
    if not await tools.reports.forget(capture_id):
        raise UnknownCapture(capture_id)  # somebody was faster
    return Forgotten(service, capture.instance, capture_id)


async def _of_rotations(
    tools: Tools, asked: command.OfRotations, who: Person, request_id: str, thread: Thread | None
) -> Note:
    if not tools.rotas.all():
        await admit(tools, who)
        return OnCall(())
    match asked:
        case command.OnCallCommand(name):
            await admit(tools, who)  # who is reached when is nothing for guests
            return await on_call(tools, name)
        case command.HandoffCommand(name):
            return await handoffs.ask(tools, name, who, request_id, thread)
        case command.HandoffNoteCommand(written):
            return await handoffs.note(tools, written, who, thread)
        case command.HandoffExportCommand(name):
            return await handoffs.export(tools, name, who, thread)


async def _incidents(tools: Tools, service: Service | None) -> Note:
    found = await tools.incidents.open(service.name if service else None)
    linked = [(incident, await tools.outbox.link(incident.id)) for incident in found[:LINKS]]
    return IncidentList(service, (*linked, *((incident, None) for incident in found[LINKS:])))


async def _meant(tools: Tools, deed: Act, who: Person, thread: Thread | None) -> str:
    """The incident of the thread, else the only one that is open in the channel. Raises NothingOpen, SeveralOpen;
    WrongUsage for a capture, which elsewhere is that of a service, and that has to be named."""
    conversation = await tools.outbox.conversation(thread) if thread else None
    if conversation and await tools.incidents.get(conversation):
        return conversation
    if deed is Act.CAPTURE:
        raise WrongUsage(deed)
    found = await tools.incidents.open()
    here = [incident.id for incident in found if incident.channel == who.channel]
    if len(here) == 1:
        return here[0]
    if here:
        raise SeveralOpen("", tuple(here[:5]))
    # A channel that is registered by its #name is not known by its id.
    raise NothingOpen("", tuple(incident.id for incident in found if incident.channel.startswith("#"))[:3])
