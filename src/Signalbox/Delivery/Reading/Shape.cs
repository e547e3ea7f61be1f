namespace Signalbox.Delivery.Reading;

/// <summary>The keys a mapping may have, each with an example that can be pasted.</summary>
/// <param name="Name">What messages and the JSON Schema's <c>$defs</c> call it.</param>
/// <param name="Later">Keys of the design that a later version will read: named as such, never silently accepted.</param>
internal sealed record Shape(string Name, IReadOnlyList<(string Key, string Example)> Keys, params string[] Later)
{
    public bool Has(string key) => Keys.Any(k => k.Key == key);

    public string Example(string key) => Keys.First(k => k.Key == key).Example;

    /// <summary>A line to paste.</summary>
    public string Line(string key) => $"{key}: {Example(key)}";

    public Shape With(string name, Shape more) => new(name, [.. Keys, .. more.Keys], [.. Later, .. more.Later]);
}

internal static class Shapes
{
    /// <summary>What an environment may say anew about a service.</summary>
    public static Shape Override { get; } = new("override",
    [
        ("port", "8080"),
        ("instances", "2"),
        ("env", "{ LOG_LEVEL: info }"),
        ("health", "{ http: /healthz, startWithin: 30s }"),
        ("slo", "{ availability: 99.95%, latency: { p99: 300ms } }"),
        ("stop", "{ grace: 10s, drain: 30s }"),
    ]);

    /// <summary>A service's keys where the application is the service.</summary>
    public static Shape OnlyService { get; } = new Shape("onlyService",
    [
        ("artifact", "."),
        ("process", "{ command: [node, server.js] }"),
        ("data", "shared"),
        ("sticky", "{ cookie: session }"),
    ]).With("onlyService", Override);

    public static Shape Service { get; } = new Shape("service", [("kind", "web"), ("schedule", "\"0 3 * * *\""), ("timeZone", "Europe/Paris")]).With("service", OnlyService);

    public static Shape Application { get; } = new Shape("application",
    [
        ("application", "shop"),
        ("owners", "{ security: \"@acme/appsec\" }"),
        ("pipeline", "{ build: { run: npm ci && npm run build } }"),
        ("services", "{ web: { process: { command: [node, server.js] }, port: 8080 } }"),
        ("environments", "[{ name: production, target: local }]"),
    ], "secrets").With("application", OnlyService);

    public static Shape File { get; } = new Shape("file",
    [
        ("apiVersion", DeliveryFileReader.ApiVersion),
        ("applications", "[{ application: shop, process: { command: [node, server.js] }, port: 8080 }]"),
        ("audit", "{ exclude: [testdata/], rules: { single-replica: { level: low } } }"),
    ]).With("file", Application);

    /// <summary>What <c>signalbox audit</c> shall do otherwise here; the audit itself reads it.</summary>
    public static Shape Audit { get; } = new("audit",
    [
        ("exclude", "[testdata/]"),
        ("rules", "{ single-replica: { level: low } }"),
        ("thresholds", "{ replicas: 2 }"),
        ("registries", "[ghcr.io]"),
        ("actions", "{ allow: [\"actions/*\"] }"),
    ]);

    public static Shape AuditRule { get; } = new("auditRule", [("level", "low"), ("off", "the reason why")]);

    public static Shape AuditThresholds { get; } = new("auditThresholds", [("replicas", "3"), ("userId", "10000"), ("cooldownDays", "7")]);

    public static Shape AuditActions { get; } = new("auditActions", [("allow", "[\"actions/*\"]"), ("deny", "[\"someone/*\"]")]);

    public static Shape Job { get; } = new("job",
    [
        ("run", "npm ci && npm run build"), ("needs", "[build]"), ("inputs", "[src/, package-lock.json]"), ("outputs", "[dist/]"),
        ("env", "{ NODE_ENV: production, TOKEN: { secret: NPM_TOKEN } }"), ("timeout", "30m"), ("retry", "1"), ("matrix", "{ NODE: [\"22\", \"24\"] }"),
        ("image", "node:24"), ("builds", "{ image: registry.example.com/shop, from: Dockerfile, push: true }"), ("tests", "reports/junit.xml"), ("coverage", "coverage/cobertura.xml"), ("with", "[trivy, semgrep]"),
        ("key", "release.key"), ("when", "always"), ("branches", "[main]"), ("cache", "false"),
    ]);

    public static Shape JobBuild { get; } = new("jobBuild", [("image", "registry.example.com/shop"), ("from", "Dockerfile"), ("push", "true")]);

    public static Shape JobVariable { get; } = new("jobVariable", [("from", "BUILD_NUMBER"), ("secret", "NPM_TOKEN")]);

    public static Shape Process { get; } = new("process", [("command", "[node, server.js]")]);

    public static Shape Health { get; } = new("health",
    [
        ("http", "/healthz"), ("tcp", "true"), ("command", "[./healthy.sh]"), ("interval", "1s"), ("timeout", "1s"),
        ("startWithin", "30s"), ("unhealthyAfter", "3"), ("restartAfter", "30s"),
    ]);

    public static Shape Sticky { get; } = new("sticky", [("cookie", "session"), ("header", "X-User"), ("clientAddress", "true")]);

    public static Shape Objective { get; } = new("slo", [("availability", "99.95%"), ("latency", "{ p99: 300ms }")]);

    public static Shape Latency { get; } = new("latency", [("p99", "300ms")]);

    public static Shape Stop { get; } = new("stop", [("grace", "10s"), ("drain", "30s")]);

    public static Shape Environment { get; } = new Shape("environment",
    [
        ("name", "production"), ("target", "local"), ("strategy", "{ canary: { steps: [10%, 50%] } }"),
        ("hooks", "{ pre: { command: [./migrate.sh], timeout: 60s, reversible: false } }"),
        ("services", "{ web: { port: 8080 } }"),
        ("gates", "{ coverage: { atLeast: 90% } }"),
    ], "policy").With("environment", Override);

    public static Shape Hooks { get; } = new("hooks",
    [
        ("pre", "{ command: [./migrate.sh], timeout: 60s, reversible: false }"),
        ("post", "{ command: [./announce.sh], timeout: 60s }"),
    ]);

    public static Shape Hook { get; } = new("hook", [("command", "[./migrate.sh]"), ("timeout", "60s"), ("reversible", "false")]);

    public static Shape Strategy { get; } = new("strategy",
        [("canary", "{ steps: [10%, 50%] }"), ("rolling", "{ batch: 1, surge: 1 }"), ("blueGreen", "{ preview: 8081, pause: manual }"), ("recreate", "{}")]);

    private static Shape Times { get; } = new("times", [("bake", "30s"), ("progressDeadline", "10m"), ("lossOfContact", "10s")]);

    public static Shape Canary { get; } = new Shape("canary",
    [
        ("steps", "[10%, 50%]"), ("keepWarm", "10m"), ("analysis", "{ against: stable, onUndecided: hold }"),
    ]).With("canary", Times);

    public static Shape Rolling { get; } = new Shape("rolling",
    [
        ("batch", "25%"), ("surge", "1"), ("pause", "30s"), ("analysis", "{ against: stable, advance: evidence }"),
    ]).With("rolling", Times);

    public static Shape BlueGreen { get; } = new Shape("blueGreen",
    [
        ("preview", "8081"), ("check", "{ command: [./smoke.sh], timeout: 60s }"), ("pause", "manual"), ("keepWarm", "10m"), ("analysis", "{ limit: 1% }"),
    ]).With("blueGreen", Times);

    public static Shape Recreate { get; } = new Shape("recreate", []).With("recreate", Times);

    public static Shape Check { get; } = new("check", [("command", "[./smoke.sh]"), ("timeout", "60s")]);

    public static Shape Step { get; } = new("step", [("weight", "10%"), ("for", "30s"), ("pause", "manual")]);

    /// <summary>The judge of a release that has all traffic: nothing is left to compare with, and no step to advance.</summary>
    public static Shape Guard { get; } = new("guard",
    [
        ("alpha", "0.001"), ("toleratedRatio", "1.25"), ("margin", "2.5"), ("beta", "0.05"), ("limit", "1%"), ("ageLimit", "10s"), ("warmUp", "0s"), ("latency", "true"),
    ]);

    public static Shape Analysis { get; } = new Shape("analysis",
        [("against", "stable"), ("maxStepTime", "10m"), ("onUndecided", "hold"), ("advance", "evidence")]).With("analysis", Guard);

    public static IReadOnlyList<Shape> All { get; } =
    [
        File, Application, OnlyService, Service, Override, Job, JobBuild, JobVariable, Process, Health, Sticky, Objective, Latency, Stop, Environment, Hooks, Hook,
        Strategy, Canary, Rolling, BlueGreen, Recreate, Check, Step, Guard, Analysis, Audit, AuditRule, AuditThresholds, AuditActions,
    ];
}
