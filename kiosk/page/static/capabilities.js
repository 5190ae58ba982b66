// What this box can do, as the server said at the start.
export const abilities = {};

export function setAbilities(setup) {
  Object.assign(abilities, {
    hears: setup.hears, prints: setup.prints, signVideos: setup.sign_videos, textsOut: setup.texts_out, serviceNumber: setup.service_number, looksUpLater: setup.look_ups_later, tellsTickets: setup.tells_tickets,
    shutOut: setup.shut_out, situations: setup.situations,
    languages: setup.languages, idleSeconds: setup.idle_seconds, warningSeconds: setup.warning_seconds,
  });
}
