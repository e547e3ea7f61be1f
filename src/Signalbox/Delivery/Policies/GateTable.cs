namespace Signalbox.Delivery.Policies;

/// <summary>How a setting's values compare: which of two is the stricter.</summary>
public enum SettingKind
{
    /// <summary>A percentage; more is stricter.</summary>
    Share,

    /// <summary>A whole number from 0 to 100; more is stricter.</summary>
    Count,

    /// <summary>A duration; shorter is stricter, none at all the least strict.</summary>
    Age,

    /// <summary>A severity from which on findings block; a lesser one is stricter, <c>none</c> the least strict.</summary>
    Threshold,

    /// <summary>What counts; fewer entries are stricter, and without the list everything does.</summary>
    Accepted,

    /// <summary>What counts; fewer entries are stricter, and without the list nothing does.</summary>
    Trusted,

    /// <summary>Whose word counts, for a release and against it: no list is stricter than another.</summary>
    Heard,

    /// <summary>What must be there; more entries are stricter.</summary>
    Required,

    /// <summary><c>deny</c> or <c>allow</c>; deny is stricter.</summary>
    Switch,
}

/// <param name="Default">Canonical text; empty where nothing is set unless it is written.</param>
public sealed record SettingShape(string Key, SettingKind Kind, string Example, params IReadOnlyList<string> Default);

/// <summary>A built-in gate: what it may be told, and whom its no is handed to.</summary>
/// <param name="Check">Which of the five checks it belongs to; 0 for none of them.</param>
/// <param name="Role">The role under <c>owners</c> that its refusals are handed to.</param>
/// <param name="Unwritten">Its mode where a policy does not mention it.</param>
public sealed record GateShape(string Name, int Check, string Role, string Summary, GateMode Unwritten, params IReadOnlyList<SettingShape> Settings)
{
    public SettingShape Setting(string key) => Settings.First(setting => setting.Key == key);
}

/// <summary>Every built-in gate with its settings and defaults. What is read, compared, documented and published as a schema comes from here.</summary>
public static class GateTable
{
    public const string Signature = "signature", Provenance = "provenance", Sbom = "sbom", Secrets = "secrets", Health = "health", Rollback = "rollback",
        Coverage = "coverage", Tests = "tests", Vulnerabilities = "vulnerabilities", Sast = "sast", Slo = "slo", Alerts = "alerts", SelfService = "selfService",
        Freshness = "freshness", Promotion = "promotion", Approval = "approval", Freeze = "freeze", Commands = "commands";

    private const string Security = Handover.Security, Devops = Handover.Devops;

    private static readonly SettingShape s_keys = new("keys", SettingKind.Trusted, "[\"sha256:9f2c…\"]");
    private const string Workflow = "[\"https://github.com/acme/shop/.github/workflows/*@refs/heads/main\"]";
    private static readonly SettingShape s_issuers = new("issuers", SettingKind.Accepted, "[\"https://token.actions.githubusercontent.com\"]");
    private static readonly SettingShape s_sources = new("sources", SettingKind.Accepted, "[\"github.com/acme/shop\"]");
    private static readonly SettingShape s_vexFrom = new("vexFrom", SettingKind.Heard, "[\"alice\"]");
    // VEX has no expiry of its own, so the policy gives one: what was set aside is looked at anew at most a month later
    private static readonly SettingShape s_vexMaxAge = new("vexMaxAge", SettingKind.Age, "30d", "30d");
    private static readonly SettingShape s_reused = new("reused", SettingKind.Switch, "deny", "deny");

    public static IReadOnlyList<GateShape> All { get; } =
    [
        new(Signature, 1, Security, "each artifact is signed by somebody who counts", GateMode.Warn, s_keys, new SettingShape("identities", SettingKind.Trusted, Workflow), s_issuers, s_sources),
        new(Provenance, 1, Security, "signed SLSA provenance of a trusted builder, for this source", GateMode.Warn,
            // the product's brief: SLSA level 2 or more
            new("level", SettingKind.Count, "2", "2"),
            new("builders", SettingKind.Accepted, "[\"https://github.com/slsa-framework/slsa-github-generator/*\"]"),
            s_sources,
            new("refs", SettingKind.Accepted, "[refs/heads/main]"),
            new("buildTypes", SettingKind.Accepted, "[\"https://slsa-framework.github.io/*\"]"),
            // what a plain key signs is of the level that the policy says of that builder; a certificate proves its own
            new("levels", SettingKind.Trusted, "[\"2 https://ci.example.com/*\"]"), new("parameters", SettingKind.Trusted, "[inputs]"),
            s_keys, new("identities", SettingKind.Accepted, Workflow), s_issuers),
        new(Sbom, 1, Security, "a valid SBOM that names the artifact's digest", GateMode.Warn,
            new("unbound", SettingKind.Switch, "deny", "deny"), new("minimum", SettingKind.Switch, "deny", "allow"), new("gaps", SettingKind.Switch, "allow", "deny"), s_reused),
        new(Secrets, 1, Security, "secrets by reference only", GateMode.Warn),
        new(Health, 2, Devops, "every web service is probed by more than an open port", GateMode.Warn),
        new(Rollback, 2, Devops, "a bad release is taken back by itself", GateMode.Warn, new SettingShape("irreversibleHooks", SettingKind.Switch, "allow", "deny")),
        new(Coverage, 3, Devops, "tests reach enough of the code", GateMode.Warn,
            // the product's brief: at least 80 %
            new("atLeast", SettingKind.Share, "80%", "80%"), new("branchesAtLeast", SettingKind.Share, "70%"), s_reused),
        new(Tests, 3, Devops, "tests ran and none failed", GateMode.Warn, s_reused),
        new(Vulnerabilities, 3, Security, "no critical vulnerability, and no high one that can be mended", GateMode.Warn,
            // the product's brief: critical blocks; high blocks when a fix exists
            new("block", SettingKind.Threshold, "critical", "critical"), new("blockFixable", SettingKind.Threshold, "high", "high"),
            new("tools", SettingKind.Required, "[trivy]"), s_vexFrom, s_vexMaxAge, s_reused),
        new(Sast, 3, Security, "no severe finding in the code", GateMode.Warn,
            new("block", SettingKind.Threshold, "high", "high"), new("tools", SettingKind.Required, "[semgrep]"), s_vexFrom, s_vexMaxAge, s_reused),
        new(Slo, 4, Devops, "every web service promises an availability", GateMode.Warn),
        new(Alerts, 4, Devops, "alert rules watch it, and each names an action", GateMode.Warn),
        new(SelfService, 5, Devops, "it is built from a commit, so that anyone may deliver it again", GateMode.Warn),
        new(Freshness, 3, Security, "evidence is not older than it may be", GateMode.Warn,
            // vulnerability databases are published daily or more often
            new("scan", SettingKind.Age, "24h", "24h"), new("sbom", SettingKind.Age, "30d"), new("coverage", SettingKind.Age, "30d"),
            new("test", SettingKind.Age, "30d"), new("provenance", SettingKind.Age, "30d"), new("signature", SettingKind.Age, "30d")),
        new(Promotion, 0, Devops, "it has succeeded in the environment before", GateMode.Enforce, new SettingShape("from", SettingKind.Required, "staging")),
        new(Approval, 0, Security, "others than the submitter have approved it", GateMode.Off,
            new("count", SettingKind.Count, "1", "1"), new("by", SettingKind.Accepted, "[alice, bob]"), new("maxAge", SettingKind.Age, "7d", "7d")),
        new(Freeze, 0, Devops, "no freeze window", GateMode.Enforce),
        new(Commands, 0, Security, "commands beside the workloads (hooks, checks, health) are those that the policy names", GateMode.Off, new SettingShape("allow", SettingKind.Trusted, "[\"./migrate.sh\"]")),
    ];

    /// <summary>Gates that a person may let one release through, with a reason and for a time.</summary>
    public static IReadOnlyList<string> Overridable { get; } = [Freeze, Promotion];

    public static GateShape? Find(string name) => All.FirstOrDefault(gate => gate.Name == name);
}
