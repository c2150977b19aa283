"""Cisco's own client of ISE, as a peer of our stand-in: makes the calls that our driver makes, and prints what it read.

Arguments: version of the API, origin, CA file, MAC, policy, and a folder with the passwords.
"""

import json
import os
import sys

from ciscoisesdk import IdentityServicesEngineAPI

version, origin, ca_file, mac, policy, folder = sys.argv[1:]


def password(name):
    with open(os.path.join(folder, name)) as file:
        return file.readline().rstrip("\n")


def client(user, secret):
    return IdentityServicesEngineAPI(
        username=user,
        password=secret,
        uses_api_gateway=False,
        base_url=f"https://{origin}",
        ui_base_url=f"https://{origin}",
        ers_base_url=f"https://{origin}",
        mnt_base_url=f"https://{origin}",
        px_grid_base_url=f"https://{origin}",
        verify=ca_file,
        version=version,
        uses_csrf_token=False,
        single_request_timeout=5,
    )


ers = client("lazaret", password("ers.password"))
told = {}
where = f"macAddress.EQ.{mac}"

if version == "3.5.0":
    anc = ers.ancendpoint
    told["apply"] = anc.update_ancendpoint_apply(mac_address=mac, policy_name=policy).status_code
    found = anc.get_ancendpoint(filter=where).response.SearchResult.resources
    held = anc.get_ancendpoint_by_id(found[0].id).response.ErsAncEndpoint
    told["policy"] = ers.ancpolicy.get_ancpolicy_name_by_name(policy).response.ErsAncPolicy.actions
    told["clear"] = anc.update_ancendpoint_clear(mac_address=mac, policy_name=policy).status_code
    left = anc.get_ancendpoint(filter=where).response.SearchResult.total
else:
    anc = ers.anc_endpoint
    pairs = [{"name": "macAddress", "value": mac}, {"name": "policyName", "value": policy}]
    told["apply"] = anc.apply_anc_endpoint(additional_data=pairs).status_code
    found = anc.get_anc_endpoint(filter=[where]).response.SearchResult.resources
    held = anc.get_anc_endpoint_by_id(found[0].id).response.ErsAncEndpoint
    told["policy"] = ers.anc_policy.get_anc_policy_by_name(policy).response.ErsAncPolicy.actions
    told["clear"] = anc.clear_anc_endpoint(additional_data=pairs[:1]).status_code
    left = anc.get_anc_endpoint(filter=[where]).response.SearchResult.total
    # The monitoring node, which this version of the client knows too; its XML is handed on as it comes.
    mnt = client("lazaret-mnt", password("mnt.password")).misc
    told["session"] = mnt.get_sessions_by_mac(mac).status_code
    told["renewed"] = mnt.session_reauthentication_by_mac(mac, "ise-psn-1", "1").status_code

told["held"] = [held.macAddress, held.policyName]
told["left"] = left
print(json.dumps(told))
