// A short message centre for tests: real SMPP on one port, told what to do over HTTP/JSON on another.
//
// It knows nothing of alphabets: message bytes go in and out as hexadecimal, so that no error of its own
// can hide one of Kannel's or of ours. On start it prints one JSON line with both ports.
//
//   GET  /state      {"bound", "binds", "enquiries"}
//   GET  /submitted  every submit_sm it took, in order
//   POST /deliver    deliver_sm fields, "hex" for the bytes; answers {"status"} of the deliver_sm_resp
//   POST /behave     {"refuse": {"status", "times"}, "silent", "hold_ms", "closed", "forget"}: how the next requests are met
//   POST /drop       cuts every connection, as a broken line does
'use strict';

const http = require('http');
const smpp = require('smpp');

const PASSWORD = 'operator';
const BINDS = ['bind_transceiver', 'bind_transmitter', 'bind_receiver'];

// Bytes as they are on the line; the library would guess at alphabets.
smpp.filters.message.decode = (value) => value;

const submitted = [];
const behaviour = {refuse: {status: 0, times: 0}, silent: false, hold_ms: 0, closed: false, forget: 0};
let receivers = [];
let binds = 0;
let enquiries = 0;

function take(session, pdu) {
  if (behaviour.silent) return;
  if (behaviour.forget > 0) {
    behaviour.forget -= 1;
    return;
  }
  if (behaviour.refuse.times > 0) {
    behaviour.refuse.times -= 1;
    session.send(pdu.response({command_status: behaviour.refuse.status}));
    return;
  }
  const id = String(submitted.length + 1);
  const payload = pdu.message_payload;
  submitted.push({
    id,
    source: pdu.source_addr,
    source_ton: pdu.source_addr_ton,
    destination: pdu.destination_addr,
    destination_ton: pdu.dest_addr_ton,
    esm_class: pdu.esm_class,
    data_coding: pdu.data_coding,
    registered_delivery: pdu.registered_delivery,
    validity_period: pdu.validity_period ? String(pdu.validity_period) : '',
    hex: (payload && payload.length ? payload : pdu.short_message).toString('hex'),
  });
  setTimeout(() => session.send(pdu.response({message_id: id})), behaviour.hold_ms);
}

const centre = smpp.createServer({}, (session) => {
  if (behaviour.closed) return session.destroy();
  // A cut line is what some tests are about.
  session.on('error', () => session.destroy());
  session.on('close', () => { receivers = receivers.filter((other) => other !== session); });
  for (const bind of BINDS) {
    session.on(bind, (pdu) => {
      if (pdu.password !== PASSWORD) {
        session.send(pdu.response({command_status: smpp.ESME_RBINDFAIL}));
        return;
      }
      binds += 1;
      session.send(pdu.response({system_id: 'centre'}));
      if (bind !== 'bind_transmitter') receivers.push(session);
    });
  }
  session.on('submit_sm', (pdu) => take(session, pdu));
  session.on('enquire_link', (pdu) => {
    enquiries += 1;
    if (!behaviour.silent) session.send(pdu.response());
  });
  session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
});

function deliver({hex, message_payload_hex, ...fields}, answer) {
  const session = receivers[receivers.length - 1];
  if (!session) return answer({status: null});
  const pdu = {...fields, short_message: Buffer.from(hex || '', 'hex')};
  if (message_payload_hex) pdu.message_payload = Buffer.from(message_payload_hex, 'hex');
  session.deliver_sm(pdu, (response) => answer({status: response.command_status}));
}

const control = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks)) : {};
    const answer = (value) => response.end(JSON.stringify(value));
    if (request.url === '/state') answer({bound: receivers.length, binds, enquiries});
    else if (request.url === '/submitted') answer(submitted);
    else if (request.url === '/deliver') deliver(body, answer);
    else if (request.url === '/behave') answer(Object.assign(behaviour, body));
    else if (request.url === '/drop') answer({dropped: centre.sessions.slice().map((session) => session.destroy()).length});
    else { response.statusCode = 404; answer({error: 'nothing here'}); }
  });
});

const [port = '0'] = process.argv.slice(2);
centre.listen(Number(port), '127.0.0.1', () => {
  control.listen(0, '127.0.0.1', () => {
    console.log(JSON.stringify({smpp: centre.address().port, control: control.address().port}));
  });
});
