#!/usr/bin/env python3
"""Stand-in of a switch's agent, behind net-snmp's snmpd (pass_persist): SNMP itself is snmpd's, the tables are ours.

Arguments: a seed file (lines OID|TAG|VALUE as snmpsim's recordings), a control file, and a name. The control file's first word,
read at each change: `ok`, `refuse`, `refuse-pvid`, `ignore` (says yes, does nothing), or `lose` (done, and the answer comes too late).
Each change that reaches the agent is one line of CONTROL.log. Changed are PVIDs, port lists, vmVlan and ifAdminStatus,
with the error codes of RFC 3416; the current VLAN tables follow the configured ones. Lines of CONTROL.NAME.hands are
applied before the next question, as a person at the switch would.
"""
import bisect
import os
import sys
import time

TYPES = {'2': 'integer', '4': 'string', '4x': 'octet', '6': 'objectid', '65': 'counter', '66': 'gauge', '67': 'timeticks'}
PVID = (1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 5, 1, 1)
STATIC = (1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 3, 1)
CURRENT = (1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 2, 1)
VM_VLAN = (1, 3, 6, 1, 4, 1, 9, 9, 68, 1, 2, 2, 1, 2)
VTP = (1, 3, 6, 1, 4, 1, 9, 9, 46, 1, 3, 1, 1, 2, 1)
ADMIN = (1, 3, 6, 1, 2, 1, 2, 2, 1, 7)
OPER = (1, 3, 6, 1, 2, 1, 2, 2, 1, 8)
CAF = (1, 3, 6, 1, 4, 1, 9, 9, 656, 1, 4, 1, 1)

seed, control, name = sys.argv[1:4]
rows = {}


def load(lines):
    for line in lines:
        parts = line.rstrip('\n').split('|', 2)
        if len(parts) == 3 and parts[1] in TYPES:
            rows[tuple(map(int, parts[0].split('.')))] = (parts[1], parts[2])


with open(seed, encoding='latin1') as file:
    load(file)
keys = sorted(rows)


def current():
    """Current membership is the configured one; agents that show it otherwise are refused by the driver."""
    for key in list(rows):
        if key[: len(STATIC)] == STATIC and key[len(STATIC)] in (2, 4):
            column = {2: 4, 4: 5}[key[len(STATIC)]]
            rows[CURRENT + (column, 0, key[-1])] = rows[key]


def hands():
    path = f'{control}.{name}.hands'
    if not os.path.exists(path):
        return
    with open(path, encoding='latin1') as file:
        load(file)
    os.remove(path)
    current()
    keys[:] = sorted(rows)


def mode():
    with open(control, encoding='ascii') as file:
        return file.read().split()[0]


def fault(oid, kind, value):
    if oid not in rows:
        return 'no-creation'
    vlans = {key[-1] for key in rows if key[: len(STATIC) + 1] in (STATIC + (1,),) or key[: len(VTP)] == VTP}
    if oid[:-1] == PVID:
        return 'wrong-type' if kind != 'gauge' and kind != 'unsigned' else 'inconsistent-value' if int(value) not in vlans else None
    if oid[:-1] == VM_VLAN:
        return 'wrong-type' if kind != 'integer' else 'inconsistent-value' if int(value) not in vlans else None
    if oid[:-1] in (STATIC + (2,), STATIC + (4,)):
        return None if kind in ('octet', 'string') else 'wrong-type'
    if oid[:-1] == ADMIN:
        return None if kind == 'integer' and value in ('1', '2') else 'wrong-value'
    if oid[: len(CAF)] == CAF and oid[len(CAF)] in (20, 21):
        return None
    return 'not-writable'


def change(oid, kind, value):
    with open(control + '.log', 'a', encoding='ascii') as log:
        log.write('.'.join(map(str, oid)) + ' ' + value + '\n')
    now = mode()
    if now == 'refuse' or (now == 'refuse-pvid' and oid[:-1] == PVID):
        return 'not-writable'
    problem = fault(oid, kind, value)
    if problem:
        return problem
    if now != 'ignore':
        tag = rows[oid][0]
        if tag == '4x':
            # snmpd quotes octets, and gives them as characters where each happens to be one.
            text = value.strip('"')
            value = text.encode('latin1').hex() if kind == 'string' else text.replace(' ', '')
        rows[oid] = (tag, value)
        if oid[:-1] == ADMIN:
            rows[OPER + oid[-1:]] = ('2', value)
        current()
    if now == 'lose':
        with open(control, 'w', encoding='ascii') as file:
            file.write('ok')
        time.sleep(0.6)
    return 'DONE'


def put(oid):
    tag, value = rows[oid]
    if tag == '4x':
        value = ' '.join(value[i : i + 2] for i in range(0, len(value), 2))
    print('.' + '.'.join(map(str, oid)), TYPES[tag], value, sep='\n')


def number(line):
    return tuple(int(part) for part in line.strip().strip('.').split('.'))


current()
keys = sorted(rows)
while True:
    command = sys.stdin.readline()
    if not command:
        break
    command = command.strip()
    if command == 'PING':
        print('PONG')
    elif command in ('get', 'getnext'):
        oid = number(sys.stdin.readline())
        hands()
        if command == 'getnext':
            at = bisect.bisect_right(keys, oid)
            oid = keys[at] if at < len(keys) else None
        put(oid) if oid in rows else print('NONE')
    elif command == 'set':
        oid = number(sys.stdin.readline())
        kind, _, value = sys.stdin.readline().strip().partition(' ')
        print(change(oid, kind, value))
    sys.stdout.flush()
