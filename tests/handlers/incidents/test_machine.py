"""What alerts make of an incident: the table of stories, told one notification after another."""

from dataclasses import replace

import pytest

from handlers.incident import Act, Event, Filled, Incident, State
from handlers.incident_notes import Follows, IncidentRoot, StateChange
from handlers.incidents.acts import act
from handlers.incidents.news import LATE_S
from handlers.posts import Root, Urgency
from handlers.records import Trigger
from handlers.step import Reason
from tests.handlers.incidents.story import ANA, GROUP_LABELS, SERVICE, Story, firing, over

A, B, C = "orders-0", "orders-1", "elsewhere"


@pytest.fixture
def story() -> Story:
    return Story()


def at(story: Story, seconds: float) -> float:
    return story.begin + seconds


def timeline(incident: Incident) -> list[Event]:
    return [entry.event for entry in incident.timeline]


# Fire


async def test_a_new_group_opens_an_incident_with_a_root_that_mentions(story: Story) -> None:
    incident = await story.hear(firing(A, at(story, 5)))
    assert (incident.state, incident.service, incident.channel) == (State.OPEN, SERVICE.name, SERVICE.channel)
    assert (incident.opened_at, incident.version, incident.group_labels) == (at(story, 10), 1, GROUP_LABELS)
    assert [(known.fingerprint, known.instance, known.ends_at) for known in incident.alerts] == [(A, A, None)]
    (root,) = story.fakes.outbox.puts
    assert isinstance(root, Root)
    assert (root.conversation, root.mention, root.version) == (incident.id, ("S0ONCALL",), 1)
    assert isinstance(root.note, IncidentRoot)
    assert root.note.acts[0] is Act.ACKNOWLEDGE
    assert len(incident.id) == 8
    assert incident.id.isalnum()


async def test_the_ill_instance_is_captured_first_then_two_peers_and_again_after_a_minute(story: Story) -> None:
    incident = await story.hear(firing(B, at(story, 5)))
    (asked,) = story.requests()
    assert asked.instances == ("orders-1", "orders-0", "orders-2")
    assert (asked.incident, asked.trigger, asked.asked_by) == (incident.id, Trigger.ALERT, "")
    assert story.fakes.incidents.wakes[incident.id, Reason.FOLLOW_UP].at == at(story, 70)


async def test_an_alert_that_names_no_instance_has_the_first_three_captured(story: Story) -> None:
    await story.hear(firing(C, at(story, 5)))
    (asked,) = story.requests()
    assert asked.instances == ("orders-0", "orders-1", "orders-2")


async def test_a_repetition_changes_nothing(story: Story) -> None:
    first = await story.hear(firing(A, at(story, 5)))
    puts = list(story.fakes.outbox.puts)
    assert await story.hear(firing(A, at(story, 5)), after=14_400) == first
    assert story.fakes.outbox.puts == puts
    assert len(story.requests()) == 1


# Join


async def test_a_new_alert_joins_with_one_reply_and_only_its_instance_is_captured(story: Story) -> None:
    await story.hear(firing(A, at(story, 5)))
    incident = await story.hear(firing(A, at(story, 5)), firing(B, at(story, 15)), firing(C, at(story, 15)))
    assert timeline(incident) == [Event.OPENED, Event.JOINED]
    assert incident.timeline[1].detail == f"Memory of {B}, Memory of {C}"
    assert story.events() == [Event.JOINED]
    assert [asked.instances for asked in story.requests()] == [("orders-0", "orders-1", "orders-2"), ("orders-1",)]
    (reply,) = story.fakes.outbox.replies.values()
    assert not reply.broadcast


async def test_an_acknowledged_incident_stays_so_when_an_alert_joins(story: Story) -> None:
    opened = await story.hear(firing(A, at(story, 5)))
    await act(story.fakes.tools, opened.id, Act.ACKNOWLEDGE, ANA)
    incident = await story.hear(firing(A, at(story, 5)), firing(B, at(story, 15)))
    assert (incident.state, incident.owner) == (State.ACKNOWLEDGED, ANA.user)
    assert story.events() == [Event.ACKNOWLEDGED, Event.JOINED]


async def test_many_titles_are_not_all_named(story: Story) -> None:
    incident = await story.hear(*(firing(f"a{number}", at(story, 5)) for number in range(9)))
    assert incident.timeline[0].detail == "Memory of a0, Memory of a1, Memory of a2 +6"


# Resolve


async def test_part_of_it_resolved_is_told_and_closes_nothing(story: Story) -> None:
    await story.hear(firing(A, at(story, 5)), firing(B, at(story, 5)))
    incident = await story.hear(over(A, at(story, 5), at(story, 18)), firing(B, at(story, 5)))
    assert incident.state is State.OPEN
    assert timeline(incident) == [Event.OPENED, Event.CLEARED]
    assert [known.fingerprint for known in incident.firing] == [B]


async def test_all_resolved_closes_and_captures_what_was_ill(story: Story) -> None:
    await story.hear(firing(A, at(story, 5)), firing(B, at(story, 5)))
    incident = await story.hear(over(A, at(story, 5), at(story, 15)), over(B, at(story, 5), at(story, 15)))
    assert (incident.state, incident.resolved_at) == (State.RESOLVED, at(story, 20))
    assert timeline(incident) == [Event.OPENED, Event.RESOLVED]
    assert incident.timeline[1].who == ""
    asked = story.requests()[-1]
    assert (asked.trigger, asked.instances) == (Trigger.RESOLVED, (A, B))
    assert (incident.follow_up_at, incident.limit_at) == (None, None)
    assert not any(reply.broadcast for reply in story.fakes.outbox.replies.values())


async def test_rule_3_close_only_on_all_known_resolved_and_not_truncated(story: Story) -> None:
    """max_alerts: the payload's own status says resolved while an alert that was left out still fires."""
    await story.hear(firing(A, at(story, 5)), truncated=1)
    incident = await story.hear(over(A, at(story, 5), at(story, 15)), truncated=1)
    assert (incident.state, incident.truncated, incident.firing) == (State.OPEN, 1, ())
    assert timeline(incident) == [Event.OPENED, Event.CLEARED]
    incident = await story.hear(firing(B, at(story, 5)))
    assert (incident.state, incident.truncated) == (State.OPEN, 0)
    incident = await story.hear(over(B, at(story, 5), at(story, 35)))
    assert incident.state is State.RESOLVED


async def test_rule_3_what_a_notification_does_not_mention_still_fires(story: Story) -> None:
    await story.hear(firing(A, at(story, 5)), firing(B, at(story, 5)))
    incident = await story.hear(over(A, at(story, 5), at(story, 15)))
    assert (incident.state, [known.fingerprint for known in incident.firing]) == (State.OPEN, [B])


async def test_rule_3_the_end_of_what_was_left_out_closes_it(story: Story) -> None:
    await story.hear(firing(A, at(story, 5)), truncated=1)
    await story.hear(over(A, at(story, 5), at(story, 15)), truncated=1)
    incident = await story.hear(over("never heard of", at(story, 5), at(story, 25)))
    assert incident.state is State.RESOLVED


async def test_a_late_copy_of_the_first_notification_does_not_close_what_is_truncated(story: Story) -> None:
    await story.hear(firing(A, at(story, 5)))
    before = await story.hear(over(A, at(story, 5), at(story, 15)), truncated=2)
    after = await story.hear(firing(A, at(story, 5)))
    assert (before.state, after) == (State.OPEN, before)


async def test_a_late_copy_of_an_earlier_end_does_not_close_what_is_truncated(story: Story) -> None:
    await story.hear(firing(A, at(story, 5)))
    await story.hear(over(A, at(story, 5), at(story, 15)))
    await story.hear(firing(B, at(story, 25)), truncated=1)
    await story.hear(over(B, at(story, 25), at(story, 35)), truncated=1)
    incident = await story.hear(over(A, at(story, 5), at(story, 15)))
    assert incident.state is State.OPEN
    assert (await story.hear(over(A, at(story, 30), at(story, 55)))).state is State.RESOLVED


async def test_a_late_resolve_of_an_earlier_episode_does_not_close_the_next(story: Story) -> None:
    await story.hear(firing(A, at(story, 5)))
    await story.hear(over(A, at(story, 5), at(story, 15)))
    again = await story.hear(firing(A, at(story, 25)))
    assert await story.hear(over(A, at(story, 5), at(story, 15))) == again
    assert again.state is State.OPEN


# Rule 4


async def test_rule_4_a_firing_older_than_the_last_resolve_is_ignored(story: Story) -> None:
    await story.hear(firing(A, at(story, 5)))
    resolved = await story.hear(over(A, at(story, 5), at(story, 15)))
    puts = list(story.fakes.outbox.puts)
    assert await story.hear(firing(A, at(story, 5))) == resolved
    assert await story.hear(firing(A, at(story, 15))) == resolved  # at its end, not after it
    assert story.fakes.outbox.puts == puts


async def test_rule_4_holds_for_a_resolve_that_nobody_had_heard_fire(story: Story) -> None:
    remembered = await story.hear(over(A, at(story, 1), at(story, 5)))
    assert story.fakes.outbox.puts == []
    assert await story.fakes.incidents.open() == ()
    assert await story.hear(firing(A, at(story, 1))) == remembered
    opened = await story.hear(firing(A, at(story, 25)))
    assert (opened.state, opened.previous) == (State.OPEN, None)


async def test_rule_4_holds_across_incidents_of_a_group(story: Story) -> None:
    await story.hear(firing(A, at(story, 5)), firing(B, at(story, 5)))
    await story.hear(over(A, at(story, 5), at(story, 15)), over(B, at(story, 5), at(story, 15)))
    story.register(replace(SERVICE, reopen_within_s=600.0))
    second = await story.hear(firing(A, at(story, 1_000)), after=1_000)
    assert second.previous
    assert await story.hear(firing(A, at(story, 1_000)), firing(B, at(story, 5))) == second


async def test_what_burns_on_after_an_end_that_was_only_not_heard_of_is_told(story: Story) -> None:
    """Prometheus was cut off from Alertmanager, which then says that the alert has ended; its beginning stays."""
    await story.hear(firing(A, at(story, 5)))
    resolved = await story.hear(over(A, at(story, 5), at(story, 300)), after=300)
    assert await story.hear(firing(A, at(story, 5)), after=LATE_S - 100) == resolved
    again = await story.hear(firing(A, at(story, 5)), after=200)
    assert (again.id, again.state, again.refires) == (resolved.id, State.OPEN, 1)
    ended = await story.hear(over(A, at(story, 5), story.fakes.clock.time + 5))
    assert ended.state is State.RESOLVED


async def test_an_unknown_resolve_in_an_incident_is_remembered_without_a_word(story: Story) -> None:
    opened = await story.hear(firing(A, at(story, 5)))
    puts = list(story.fakes.outbox.puts)
    after = await story.hear(firing(A, at(story, 5)), over(B, at(story, 5), at(story, 15)))
    assert after.alerts == opened.alerts
    assert after.ended == {B: at(story, 15)}
    assert await story.hear(firing(A, at(story, 5)), firing(B, at(story, 6))) == after
    assert story.fakes.outbox.puts == puts


# Fires again


async def test_within_the_set_time_it_reopens_in_its_thread_for_all_to_see(story: Story) -> None:
    opened = await story.hear(firing(A, at(story, 5)))
    await act(story.fakes.tools, opened.id, Act.ACKNOWLEDGE, ANA)
    await story.hear(over(A, at(story, 5), at(story, 15)))
    incident = await story.hear(firing(A, at(story, 10_000)), after=SERVICE.reopen_within_s)
    assert incident.id == opened.id
    assert (incident.state, incident.owner, incident.resolved_at, incident.refires) == (State.OPEN, "", None, 1)
    assert timeline(incident)[-1] is Event.REOPENED
    reply = list(story.fakes.outbox.replies.values())[-1]
    assert reply.broadcast
    assert story.requests()[-1].trigger is Trigger.ALERT
    assert incident.follow_up_at == incident.timeline[-1].at + 60


async def test_an_alert_that_never_fired_before_does_not_fire_again(story: Story) -> None:
    opened = await story.hear(firing(A, at(story, 5)))
    await act(story.fakes.tools, opened.id, Act.RESOLVE, ANA)
    await story.hear(firing(A, at(story, 5)), firing(B, at(story, 15)))
    await story.hear(over(A, at(story, 5), at(story, 25)), over(B, at(story, 15), at(story, 25)))
    await story.hear(firing(B, at(story, 10_000)))
    told = [note for note in story.said(StateChange) if isinstance(note, StateChange)]
    assert [note.again for note in told if note.entry.event is Event.REOPENED] == [False, True]


async def test_after_it_a_new_incident_follows_and_says_so(story: Story) -> None:
    opened = await story.hear(firing(A, at(story, 5)))
    resolved = await story.hear(over(A, at(story, 5), at(story, 15)))
    incident = await story.hear(firing(A, at(story, 10_000)), after=SERVICE.reopen_within_s + 1)
    assert incident.id != opened.id
    assert (incident.previous, incident.version) == (opened.id, 1)
    assert story.said(Follows) == [Follows(SERVICE, resolved, f"https://slack.example.com/{opened.id}")]
    assert set(story.fakes.outbox.roots) == {opened.id, incident.id}


async def test_what_a_person_resolved_stays_resolved_while_its_alerts_go_on(story: Story) -> None:
    opened = await story.hear(firing(A, at(story, 5)))
    await act(story.fakes.tools, opened.id, Act.RESOLVE, ANA)
    resolved = await story.incident()
    assert await story.hear(firing(A, at(story, 5)), after=3600) == resolved
    assert (resolved.timeline[-1].event, resolved.timeline[-1].who) == (Event.RESOLVED, ANA.user)


async def test_it_reopens_when_an_alert_begins_anew_or_a_new_one_comes(story: Story) -> None:
    opened = await story.hear(firing(A, at(story, 5)))
    await act(story.fakes.tools, opened.id, Act.RESOLVE, ANA)
    anew = await story.hear(firing(A, at(story, 15)))
    assert (anew.state, anew.alerts[0].starts_at) == (State.OPEN, at(story, 15))
    await act(story.fakes.tools, opened.id, Act.RESOLVE, ANA)
    joined = await story.hear(firing(A, at(story, 15)), firing(B, at(story, 12)))
    assert (joined.state, joined.refires) == (State.OPEN, 2)


async def test_a_fire_that_was_forgotten_is_told_of_again(story: Story) -> None:
    """Resolved by hand, and Alertmanager repeats it hours later: somebody was wrong."""
    opened = await story.hear(firing(A, at(story, 5)))
    await act(story.fakes.tools, opened.id, Act.RESOLVE, ANA)
    incident = await story.hear(firing(A, at(story, 5)), after=SERVICE.reopen_within_s + 1)
    assert (incident.previous, incident.state) == (opened.id, State.OPEN)


async def test_after_a_resolve_by_hand_the_ends_of_its_alerts_only_change_the_root(story: Story) -> None:
    opened = await story.hear(firing(A, at(story, 5)))
    await act(story.fakes.tools, opened.id, Act.RESOLVE, ANA)
    said = len(story.fakes.outbox.replies)
    incident = await story.hear(over(A, at(story, 5), at(story, 15)))
    assert (incident.state, incident.firing) == (State.RESOLVED, ())
    assert len(story.fakes.outbox.replies) == said
    assert story.fakes.outbox.roots[opened.id].version == incident.version


async def test_a_sender_without_times_reopens_nothing_by_repeating_itself(story: Story) -> None:
    opened = await story.hear(firing(A, 0.0))
    await act(story.fakes.tools, opened.id, Act.RESOLVE, ANA)
    resolved = await story.incident()
    assert await story.hear(firing(A, 0.0)) == resolved
    await story.hear(over(A, 0.0, 0.0))
    again = await story.hear(firing(A, 0.0))
    assert (again.state, again.id) == (State.OPEN, opened.id)


# Snoozed


async def test_a_snoozed_incident_that_still_fires_wakes_everybody(story: Story) -> None:
    opened = await story.hear(firing(A, at(story, 5)))
    await act(story.fakes.tools, opened.id, Act.SNOOZE, ANA, filled=Filled(3600))
    joined = await story.hear(firing(A, at(story, 5)), firing(B, at(story, 15)))
    assert joined.state is State.SNOOZED
    assert not any(reply.broadcast for reply in story.fakes.outbox.replies.values())
    incident = await story.wake(Reason.SNOOZE_OVER)
    assert (incident.state, incident.snoozed_until) == (State.OPEN, None)
    assert [reply.broadcast for reply in story.fakes.outbox.replies.values()] == [False, False, True]
    assert await story.wake(Reason.SNOOZE_OVER) == incident


async def test_a_snooze_that_was_made_longer_does_not_end_at_its_first_end(story: Story) -> None:
    opened = await story.hear(firing(A, at(story, 5)))
    await act(story.fakes.tools, opened.id, Act.SNOOZE, ANA, filled=Filled(1800))
    first = story.fakes.incidents.wakes[opened.id, Reason.SNOOZE_OVER]
    await act(story.fakes.tools, opened.id, Act.SNOOZE, ANA, filled=Filled(7200))
    snoozed = await story.incident()
    story.fakes.incidents.wakes[opened.id, Reason.SNOOZE_OVER] = first
    assert await story.wake(Reason.SNOOZE_OVER) == snoozed


async def test_a_snoozed_incident_resolves_and_its_end_wakes_nobody(story: Story) -> None:
    opened = await story.hear(firing(A, at(story, 5)))
    await act(story.fakes.tools, opened.id, Act.SNOOZE, ANA, filled=Filled(3600))
    resolved = await story.hear(over(A, at(story, 5), at(story, 15)))
    assert resolved.state is State.RESOLVED
    assert await story.wake(Reason.SNOOZE_OVER) == resolved


# The rest


async def test_every_change_has_who_and_when_in_order(story: Story) -> None:
    opened = await story.hear(firing(A, at(story, 5)))
    story.fakes.clock.time += 1
    await act(story.fakes.tools, opened.id, Act.ACKNOWLEDGE, ANA)
    await story.hear(firing(A, at(story, 5)), firing(B, at(story, 15)))
    await story.hear(over(A, at(story, 5), at(story, 25)), firing(B, at(story, 15)))
    incident = await story.hear(over(B, at(story, 15), at(story, 35)))
    assert [(entry.event, entry.who, entry.at - story.begin) for entry in incident.timeline] == [
        (Event.OPENED, "", 10),
        (Event.ACKNOWLEDGED, ANA.user, 11),
        (Event.JOINED, "", 21),
        (Event.CLEARED, "", 31),
        (Event.RESOLVED, "", 41),
    ]
    assert incident.version == 5
    assert story.fakes.outbox.roots[incident.id].version == 5


async def test_every_root_would_mention_if_it_were_the_first_that_is_posted(story: Story) -> None:
    await story.hear(firing(A, at(story, 5)))
    await story.hear(over(A, at(story, 5), at(story, 15)))
    assert {post.mention for post in story.fakes.outbox.puts if isinstance(post, Root)} == {SERVICE.mention}


async def test_an_alert_that_flaps_for_weeks_makes_no_endless_record(story: Story) -> None:
    for number in range(400):
        since = at(story, 100 * number)
        await story.hear(firing(A, since), after=50)
        await story.hear(over(A, since, since + 60), after=50)
    incident = await story.incident()
    assert len(incident.timeline) == 301
    assert incident.timeline[0].event is Event.OPENED
    assert incident.refires == 399


async def test_pods_that_come_and_go_do_not_hold_the_roots_of_others(story: Story) -> None:
    """All that is said in a channel goes through one lane, a message a second."""
    await story.hear(firing(A, at(story, 5)))
    await story.hear(firing(A, at(story, 5)), firing(B, at(story, 15)))
    await story.hear(firing(A, at(story, 5)), over(B, at(story, 15), at(story, 25)))
    await story.hear(over(A, at(story, 5), at(story, 35)))
    said = story.fakes.outbox.replies.values()
    changes = [(reply.note.entry.event, reply.urgency) for reply in said if isinstance(reply.note, StateChange)]
    assert changes == [
        (Event.JOINED, Urgency.PROGRESS),
        (Event.CLEARED, Urgency.PROGRESS),
        (Event.RESOLVED, Urgency.STATE),
    ]


async def test_pods_that_come_and_go_make_no_endless_record_either(story: Story) -> None:
    await story.hear(firing(A, at(story, 5)))
    for number in range(520):
        now = story.fakes.clock.time
        await story.hear(firing(A, at(story, 5)), firing(f"pod-{number}", now), after=1)
        await story.hear(firing(A, at(story, 5)), over(f"pod-{number}", now, now + 1), after=1)
    incident = await story.incident()
    assert len(incident.alerts) == 500
    assert [known.fingerprint for known in incident.firing] == [A]
    assert "pod-0" in incident.ended
    assert await story.hear(firing("pod-0", at(story, 5))) == incident  # rule 4 holds for it still
    first = [known.fingerprint for known in incident.alerts][:2]
    assert first == [A, "pod-21"]
