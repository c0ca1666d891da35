call() { curl -s -H 'Content-Type: application/json' -H 'OpenStack-API-Version: dns latest' -H "X-Auth-Token: $@"; echo; }
call $ALICE $URL/v2/zones -d '{"zone": {"name": "example.org.", "email": "alice@example.org"}}'
ZONE=$URL/v2/zones/$(call $ALICE $URL/v2/zones | grep -o '"id":"[^"]*' | cut -d'"' -f4)
call $ALICE $ZONE/recordsets -d '{"recordset": {"name": "example.org.", "type": "NS", "records": ["ns1.example.org."]}}'
call $ADMIN $ZONE                                                # has `pool_id`
call $ALICE $ZONE -X PATCH -d '{"zone": {"pool_id": "fast"}}'    # 403, that is for administrators
call $RITA $ZONE -X DELETE                                       # 403, she only reads
call $ALICE $ZONE/exports -X POST -i                             # 202; poll what `Location` names
call $ALICE $ZONE/action -d '{"transfer": {"project_id": "another"}}'
call $ALICE $ZONE                                                # 404, it is of another project now
