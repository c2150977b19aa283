"""Aruba's own client of ClearPass, against whatever answers at the URL: argv = URL, CA file, secret file, MAC."""

import json
import sys
import time

from pyclearpass import ApiIdentities, ApiSessionControl

url, ca_file, secret_file, mac = sys.argv[1:]
with open(secret_file, encoding="utf-8") as file:
    secret = file.read().rstrip("\n")
login = dict(
    server=f"{url}/api",
    granttype="client_credentials",
    clientid="lazaret",
    clientsecret=secret,
    verify_ssl=ca_file,
)
identities = ApiIdentities(**login)
control = ApiSessionControl(**login)

before = identities.get_endpoint_mac_address_by_mac_address(mac_address=mac)
changed = identities.update_endpoint_mac_address_by_mac_address(
    mac_address=mac, body={"attributes": {"Owner": "pyclearpass"}}
)
sessions = control.get_session(filter=json.dumps({"mac_address": mac}))
action = control.new_session_action_coa_mac_by_mac_address(
    mac_address=mac, body={"enforcement_profile": ["Lazaret Isolate"]}
)
for _ in range(50):
    state = control.get_session_action_by_action_id(action_id=action["action_id"])
    if state["status"] != "in_progress":
        break
    time.sleep(0.02)
print(json.dumps(dict(before=before, changed=changed, sessions=sessions, state=state)))
