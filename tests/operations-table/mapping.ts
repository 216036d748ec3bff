/**
 * Which of our names stand for the names that others have: by a rule where they say the same, and one by one here where
 * they do not. What has none of ours says why.
 *
 * @module
 */

/** Why there is nothing of ours. */
export interface Reason {
  readonly why: string;
}

/** Names of ours, or why there is none. */
export type Target = string | readonly string[] | Reason;

/** How the names of one part of a client become ours. */
export interface Part {
  /** What ours stands in, such as `exp.list`. */
  readonly ours: string;
  /** What its names have and ours do not. */
  readonly drop?: RegExp;
  /** Those that the rule does not give. */
  readonly names?: { readonly [name: string]: Target };
}

const QUERIES = { why: "queries and scans are not there yet" };
const INDEXES = { why: "secondary indexes are not there yet" };
const USERS = { why: "users and roles are not there yet" };
const TRANSACTIONS = { why: "transactions of several records are not there yet" };
const METRICS = {
  why: "metrics in a form for exporters are not there yet; `client.stats` and `client.counters` count",
};
const SETTINGS = { why: "settings that change while a client runs are not there yet" };
const TRUNCATE = { why: "truncation is not there yet" };
const XDR = { why: "filters of XDR are not there yet" };
const CLUSTER = { why: "no command: what a node says of the cluster `client.info` gives" };
const CONTEXT = { why: "a context is not sent alone: only the definition of an index takes one packed" };
const OLD = { why: "servers from 7.0 on have `recordSize` in its place" };

const same = (target: Target, names: string): { [name: string]: Target } =>
  Object.fromEntries(names.split(" ").map((name) => [name, target]));

/** Core has a function for each number of arguments. */
const MORE_ARGUMENTS = /_(range|from|nth|typed|by_separator|with_flags|list)$/;
const TO_END = /ToEnd$/;

/** Ours that a batch of any rows is done with. */
const ANY_ROWS = ["client.batch", "client.batchWrite"];

/** A client's parts, by name. */
interface Parts {
  readonly [part: string]: Part;
}

const core: Parts = {
  Client: {
    ours: "client",
    names: {
      new: "connect",
      new_with_config: SETTINGS,
      get: ["client.get", "client.header"],
      delete: "client.remove",
      nodes: "client.nodes",
      node_names: "client.nodes",
      get_node: "client.nodes",
      random_node: "client.nodes",
      batch: ["client.batch", "client.batchRead", "client.batchWrite", "client.batchRemove"],
      batch_foreach: ["client.batch", "client.batchRead", "client.batchWrite", "client.batchRemove"],
      register_udf: "client.registerUdf",
      register_udf_from_file: "client.registerUdf",
      remove_udf: "client.removeUdf",
      execute_udf: "client.apply",
      client_version: { why: "no command: the package has its version" },
      set_xdr_filter: XDR,
      truncate: TRUNCATE,
      ...same(CLUSTER, "cluster_name server_cluster_name partition_map_ready partition_map_complete"),
      ...same(CLUSTER, "is_strong_consistency"),
      ...same(METRICS, "enable_metrics disable_metrics metrics_enabled metrics"),
      ...same(QUERIES, "query query_foreach query_explain query_with_plan query_aggregate query_operate"),
      ...same(QUERIES, "query_execute_udf"),
      ...same(INDEXES, "create_index_on_bin create_index_using_expression create_set_index drop_index"),
      ...same(USERS, "create_user create_pki_user drop_user change_password grant_roles revoke_roles query_users"),
      ...same(USERS, "query_roles create_role drop_role grant_privileges revoke_privileges set_allowlist set_quotas"),
      ...same(TRANSACTIONS, "commit commit_with_policies abort abort_with_policy"),
    },
  },
  BatchOperation: {
    ours: "client",
    names: {
      read: ["client.batch", "client.batchRead"],
      read_ops: ["client.batch", "client.batchRead"],
      write: ANY_ROWS,
      delete: ["client.batch", "client.batchRemove"],
      udf: ["client.batch", "client.batchApply"],
    },
  },
  "operations::scalar": {
    ours: "op",
    names: { get: "op.readAll", get_header: "op.header", get_bin: "op.read", put: "op.write" },
  },
  "operations::exp": { ours: "op" },
  "operations::lists": { ours: "list" },
  "operations::maps": { ours: "map" },
  "operations::bitwise": { ours: "bit" },
  "operations::hll": { ours: "hll" },
  "operations::string": { ours: "string", drop: MORE_ARGUMENTS },
  "operations::path": { ours: "path" },
  "operations::cdt_context": {
    ours: "ctx",
    drop: /^ctx_/,
    names: same(CONTEXT, "to_bytes to_base64 ctx_from_bytes ctx_from_base64"),
  },
  expressions: {
    ours: "exp",
    drop: /^(exp|num)_/,
    names: {
      xor: "exp.exclusive",
      def: "exp.let",
      from_packed_bytes: "exp.fromBase64",
      exp_modify: "exp.modifyByPath",
      exp_modify_no_fail: "exp.modifyByPath",
      exp_remove: "exp.removeByPath",
    },
  },
  "expressions::lists": { ours: "exp.list" },
  "expressions::maps": { ours: "exp.map", drop: /_count$/ },
  "expressions::bitwise": { ours: "exp.bit" },
  "expressions::hll": { ours: "exp.hll" },
  "expressions::string": { ours: "exp.string", drop: MORE_ARGUMENTS },
  "expressions::ael": { ours: "exp", names: { pack_ael_server_filter: "exp.fromAel" } },
};

const node: Parts = {
  Client: {
    ours: "client",
    names: {
      connect: "connect",
      asExec: { why: "no command: its own inside" },
      getNodes: "client.nodes",
      select: "client.get",
      existsWithMetadata: "client.header",
      incr: "client.add",
      batchGet: "client.batchRead",
      batchSelect: "client.batchRead",
      batchRead: ["client.batch", "client.batchRead"],
      batchWrite: ANY_ROWS,
      udfRegister: "client.registerUdf",
      udfRemove: "client.removeUdf",
      infoAny: "client.info",
      infoAll: "client.info",
      infoNode: "client.info",
      expressionToBase64: "expression.toBase64",
      contextToBase64: CONTEXT,
      contextFromBase64: CONTEXT,
      addSeedHost: { why: "core has no way: the hosts are those of `connect`" },
      removeSeedHost: { why: "core has no way: the hosts are those of `connect`" },
      updateLogging: SETTINGS,
      setXDRFilter: XDR,
      truncate: TRUNCATE,
      ...same(METRICS, "enableMetrics disableMetrics"),
      ...same(QUERIES, "query scan"),
      ...same(INDEXES, "createIndex createExpIndex createIntegerIndex createExpIntegerIndex createStringIndex"),
      ...same(INDEXES, "createExpStringIndex createGeo2DSphereIndex createExpGeo2DSphereIndex createBlobIndex"),
      ...same(INDEXES, "createExpBlobIndex indexRemove"),
      ...same(USERS, "changePassword createUser createPKIUser createRole dropRole dropUser grantPrivileges"),
      ...same(USERS, "grantRoles queryRole queryRoles queryUser queryUsers revokePrivileges revokeRoles setPassword"),
      ...same(USERS, "setQuotas setWhitelist"),
      ...same(TRANSACTIONS, "abort commit"),
    },
  },
  operations: {
    ours: "op",
    names: {
      incr: "op.add",
      selectByPath: "path.select",
      modifyByPath: "path.modify",
    },
  },
  lists: { ours: "list" },
  maps: { ours: "map" },
  bitwise: { ours: "bit" },
  hll: { ours: "hll" },
  "cdt.Context": { ours: "ctx", drop: /^add/ },
  exp: {
    ours: "exp",
    names: {
      bool: "exp.boolVal",
      int: "exp.intVal",
      uint: "exp.intVal",
      float: "exp.floatVal",
      str: "exp.stringVal",
      bytes: "exp.blobVal",
      geo: "exp.geoVal",
      inf: "exp.infinity",
      list: "exp.listVal",
      map: "exp.mapVal",
      keyInt: "exp.key",
      keyStr: "exp.key",
      keyBlob: "exp.key",
      keyExist: "exp.keyExists",
      binBool: "exp.boolBin",
      binInt: "exp.intBin",
      binFloat: "exp.floatBin",
      binStr: "exp.stringBin",
      binBlob: "exp.blobBin",
      binGeo: "exp.geoBin",
      binList: "exp.listBin",
      binMap: "exp.mapBin",
      binHll: "exp.hllBin",
      deviceSize: OLD,
      memorySize: OLD,
      cmpRegex: "exp.regexCompare",
      cmpGeo: "exp.geoCompare",
      resultRemove: "exp.removeResult",
      def: "exp.let",
      loopVarFloat: "exp.floatLoopVar",
      loopVarInt: "exp.intLoopVar",
      loopVarList: "exp.listLoopVar",
      loopVarMap: "exp.mapLoopVar",
      loopVarStr: "exp.stringLoopVar",
      loopVarBlob: "exp.blobLoopVar",
      loopVarBool: "exp.boolLoopVar",
      loopVarNil: "exp.nilLoopVar",
      loopVarGeoJSON: "exp.geoJsonLoopVar",
      loopVarHLL: "exp.hllLoopVar",
    },
  },
  "exp.lists": {
    ours: "exp.list",
    drop: TO_END,
    names: {
      ...same("exp.list.getByValueRelRankRange", "getByRelRankRange getByRelRankRangeToEnd"),
      ...same("exp.list.removeByValueRelRankRange", "removeByRelRankRange removeByRelRankRangeToEnd"),
    },
  },
  "exp.maps": { ours: "exp.map", drop: TO_END },
  "exp.bit": {
    ours: "exp.bit",
    names: {
      reSize: "exp.bit.resize",
      lShift: "exp.bit.lshift",
      rShift: "exp.bit.rshift",
      lScan: "exp.bit.lscan",
      rScan: "exp.bit.rscan",
    },
  },
  "exp.hll": {
    ours: "exp.hll",
    names: { initMH: "exp.hll.init", addMH: "exp.hll.add", update: "exp.hll.add" },
  },
  "exp.operations": { ours: "op", names: { read: "op.readExp", write: "op.writeExp" } },
};

const python: Parts = {
  Client: {
    ours: "client",
    names: {
      connect: "connect",
      get_node_names: "client.nodes",
      info_all: "client.info",
      info_random_node: "client.info",
      select: "client.get",
      exists: ["client.exists", "client.header"],
      increment: "client.add",
      remove_bin: ["client.put", "op.write"],
      operate_ordered: "client.operate",
      batch_read: "client.batchRead",
      batch_write: "client.batchWrite",
      batch_write_numpy: "client.batchWriteColumns",
      udf_put: "client.registerUdf",
      udf_remove: "client.removeUdf",
      query: QUERIES,
      truncate: TRUNCATE,
      ...same(INDEXES, "index_integer_create index_string_create index_geo2dsphere_create index_remove"),
      ...same(USERS, "admin_create_user admin_drop_user admin_change_password admin_grant_roles"),
      ...same(USERS, "admin_revoke_roles admin_query_user_info admin_query_users_info admin_create_role"),
      ...same(USERS, "admin_drop_role admin_grant_privileges admin_revoke_privileges admin_query_role"),
      ...same(USERS, "admin_query_roles admin_set_whitelist admin_set_quotas"),
    },
  },
  operations: {
    ours: "op",
    names: {
      OPERATOR_READ: "op.read",
      OPERATOR_WRITE: "op.write",
      OPERATOR_INCR: "op.add",
      OPERATOR_APPEND: "op.append",
      OPERATOR_PREPEND: "op.prepend",
      OPERATOR_TOUCH: "op.touch",
      OPERATOR_DELETE: "op.delete",
    },
  },
  list_operations: { ours: "list", drop: /^list_/ },
  map_operations: { ours: "map", drop: /^map_/ },
  bit_operations: { ours: "bit", drop: /^bit_/ },
  hll_operations: { ours: "hll", drop: /^hll_/ },
  exp: {
    ours: "exp",
    drop: /^num_|_$/g,
    names: { xor_: "exp.exclusive", def_: "exp.let" },
  },
};

/** The parts of each client. */
export const PARTS: { readonly [client: string]: Parts } = {
  "aerospike-core": core,
  "npm aerospike": node,
  "aerospike-py": python,
};
