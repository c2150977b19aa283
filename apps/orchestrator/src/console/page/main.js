import { clock, element } from './element.js';
import { quarantineCard } from './quarantine-card.js';
import { Problem, follow, forgetToken, get, saveToken, savedToken } from './rest.js';

const $ = (selector) => document.querySelector(selector);
const now = $('#now');
let lastEventId = '';

/** What a person is in the middle of typing is never thrown away by an event. */
const isBusy = (card) => card?.querySelector('input')?.value || card?.contains(document.activeElement);

function showCards(section, quarantines) {
  const cards = section.querySelector('.cards');
  const made = quarantines.map((quarantine) => {
    const old = document.getElementById(`quarantine-${quarantine.quarantineId}`);
    const same = old && cards.contains(old) && old.dataset.version === String(quarantine.version);
    if (old && cards.contains(old) && (same || isBusy(old))) return old;
    const card = quarantineCard(quarantine, refresh);
    card.dataset.version = String(quarantine.version);
    return card;
  });
  cards.replaceChildren(...made);
}

const LEVELS = ['isolate', 'propose', 'watch', 'none'];

/** Whom a person looks for first stands first: the suspected, then by name, infrastructure last. */
function inOrder(devices) {
  const rank = ({ assessment, infrastructure }) =>
    LEVELS.indexOf(assessment?.level ?? 'none') * 2 + (infrastructure ? 1 : 0);
  return [...devices].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true }));
}

function showDevices(devices) {
  const row = (device) => {
    const at = device.interfaces
      .map((i) => (i.port ? `${i.pointId} ${i.port}, VLAN ${i.vlan ?? '?'}` : 'nowhere'))
      .join('; ');
    const { assessment, openQuarantine: open, hold } = device;
    const level = assessment && assessment.level !== 'none' ? assessment.level : '';
    const state = [
      open ? `${open.decision}, ${open.truth}` : '',
      hold ? `held by ${hold.by}: ${hold.reason}` : '',
      device.protected ? 'protected' : '',
      device.infrastructure ? 'infrastructure' : '',
    ];
    return element(
      'tr',
      {},
      element('td', { className: 'name' }, device.name),
      element('td', {}, device.ward),
      element('td', {}, device.criticality),
      element('td', {}, at),
      element('td', { className: level }, level ? `${level}: ${assessment.inWords}` : 'nothing seen'),
      element('td', {}, state.filter(Boolean).join(', ')),
    );
  };
  $('#devices tbody').replaceChildren(...inOrder(devices).map(row));
}

async function quarantinesThatAre(decision) {
  const { items } = await get(`/v1/quarantines?decision=${decision}&limit=50`);
  return Promise.all(items.map(({ quarantineId }) => get(`/v1/quarantines/${quarantineId}`)));
}

async function refresh() {
  const [waiting, approved, released, devices, killSwitch] = await Promise.all([
    quarantinesThatAre('proposed'),
    quarantinesThatAre('approved'),
    quarantinesThatAre('released'),
    get('/v1/devices?limit=200'),
    get('/v1/kill-switch'),
  ]);
  showCards($('#proposals'), waiting);
  showCards($('#quarantines'), [...approved, ...released]);
  showDevices(devices.items);
  $('#kill-switch').hidden = !killSwitch.on;
  $('#kill-switch').textContent = `Kill switch on: ${killSwitch.reason}`;
  document.title = waiting.length > 0 ? `(${waiting.length}) Lazaret` : 'Lazaret';
}

function tell({ id, type, data: event }) {
  lastEventId = id || lastEventId;
  const data = event?.data;
  if (!data) return;
  const word = type.replace('lazaret.quarantine.', '');
  const conditions = data.conditions.length > 0 ? ` (${data.conditions.join(', ')})` : '';
  const what = {
    'truth-changed': `is ${data.truth}`,
    'condition-changed': data.conditions.length > 0 ? 'needs a look' : 'is well again',
  };
  const text = `${data.name} ${what[word] ?? word}${conditions}`;
  const reason = what[word] ? null : element('div', { className: 'facts' }, `${data.actor}: ${data.reason}`);
  $('#timeline ol').prepend(element('li', {}, clock(event.time), ' ', text, reason));
}

async function live() {
  for (;;) {
    try {
      now.textContent = 'Live';
      await follow('/v1/stream', lastEventId, (event) => (tell(event), soon()), undefined);
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return signOut(error.message);
      if (error instanceof Problem && error.status === 410) lastEventId = '';
    }
    now.textContent = 'Connection lost, trying again. What is isolated stays isolated.';
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await refresh().catch(() => undefined);
  }
}

let pending;
function soon() {
  clearTimeout(pending);
  pending = setTimeout(() => refresh().catch((error) => (now.textContent = error.message)), 50);
}

function signOut(why) {
  forgetToken();
  $('main').hidden = true;
  $('#sign-in').hidden = false;
  $('#sign-in-problem').textContent = why;
  now.textContent = 'Not signed in';
}

async function signIn() {
  try {
    await refresh();
  } catch (error) {
    return signOut(error.message);
  }
  $('main').hidden = false;
  $('#sign-in').hidden = true;
  return live();
}

$('#sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  saveToken($('#token').value.trim());
  void signIn();
});
if (savedToken()) void signIn();
