function add(rec, by)
  rec.n = (rec.n or 0) + by
  if aerospike:exists(rec) then aerospike:update(rec) else aerospike:create(rec) end
  return rec.n
end
function fail(rec) error("no") end
