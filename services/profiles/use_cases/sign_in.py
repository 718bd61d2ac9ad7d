"""Request a sign-in link by mail, and exchange it once for a session."""

from datetime import timedelta

from services.chassis.identity.signed_links import LinkRefused
from services.events.profiles import SignInAsked
from services.profiles.domain.session import Client
from services.profiles.ports import Resources
from services.profiles.use_cases.sessions import SignedIn, open_session


def ask_sign_in_link(resources: Resources, email: str) -> None:
    """Request a mail with a link if the address is known, and end earlier links; no answer reveals whether it is."""
    with resources.begin() as store:
        person_id = store.people.id_by_email(resources.rules.programme, email)
        if person_id is None:
            return
        request_id, expires_at = resources.new_id(), store.now + resources.rules.link_life
        store.sign_ins.end_earlier(person_id)
        store.sign_ins.add(request_id, person_id, expires_at)
        store.publish(
            SignInAsked(
                person_id=person_id,
                programme_id=resources.rules.programme,
                request_id=request_id,
                expires_at=expires_at,
            )
        )


def sign_in(resources: Resources, token: str, client: Client = "api") -> SignedIn:
    """Exchange a link's token for a session; raise LinkRefused for wrong, expired, used and unknown tokens."""
    link = resources.links.read(token, "sign_in")
    with resources.begin() as store:
        person = store.people.get(link.person)
        if person is None or not store.sign_ins.use(link.subject, link.person):
            raise LinkRefused
        return open_session(resources, store, person, client)


LINKS_KEPT_FOR = timedelta(days=1)


def forget_old_links(resources: Resources) -> None:
    """Delete sign-in requests that expired more than a day ago."""
    with resources.begin() as store:
        store.sign_ins.forget_before(store.now - LINKS_KEPT_FOR)
