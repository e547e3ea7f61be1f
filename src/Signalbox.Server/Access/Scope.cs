namespace Signalbox.Server.Access;

/// <summary>What a token may do. Admin may do everything; no other scope contains another.</summary>
[Flags]
internal enum Scope
{
    None = 0,

    /// <summary>Status, rollouts, releases, history, ledger, events; none of what workloads printed.</summary>
    Read = 1,

    /// <summary>The workloads' log lines, also the last ones of a failed instance in what <see cref="Read"/> shows.</summary>
    Logs = 2,

    /// <summary>Upload artifacts, make releases, start rollouts.</summary>
    Deploy = 4,

    /// <summary>Advance, abort, pause, resume, roll back.</summary>
    Operate = 8,

    /// <summary>Tokens, policies, login links, shutdown.</summary>
    Admin = 16,

    /// <summary>Hand in evidence.</summary>
    Evidence = 32,

    /// <summary>Approve releases and weaker policies, let a release through a freeze window, withdraw evidence.</summary>
    Approve = 64,

    /// <summary>Report deployments and incidents of other pipelines.</summary>
    Report = 128,

    /// <summary>Numbers for a monitoring system, and nothing else.</summary>
    Metrics = 256,
}

internal static class Scopes
{
    public const string All = "read, logs, deploy, operate, admin, evidence, approve, report, metrics, or the roles viewer, deployer, approver";

    private static readonly (string Name, Scope Scope)[] Names =
        [("read", Scope.Read), ("logs", Scope.Logs), ("deploy", Scope.Deploy), ("operate", Scope.Operate), ("admin", Scope.Admin), ("evidence", Scope.Evidence), ("approve", Scope.Approve), ("report", Scope.Report), ("metrics", Scope.Metrics)];

    /// <summary>Words for several scopes at once; admin is a scope that has all.</summary>
    private static readonly (string Name, Scope Scopes)[] Roles =
    [
        ("viewer", Scope.Read),
        ("deployer", Scope.Read | Scope.Logs | Scope.Deploy | Scope.Operate | Scope.Evidence),
        // whoever approves does not deploy: one principal with both could still not approve its own release
        ("approver", Scope.Read | Scope.Approve),
    ];

    public static bool Allows(this Scope held, Scope needed) => (held & (needed | Scope.Admin)) != 0;

    public static IReadOnlyList<string> ToNames(this Scope scopes) =>
        [.. Names.Where(n => (scopes & n.Scope) != 0).Select(n => n.Name)];

    /// <returns>False at the first unknown name, or where there is none at all.</returns>
    public static bool TryParse(IReadOnlyList<string> names, out Scope scopes)
    {
        scopes = Scope.None;
        foreach (var name in names)
        {
            var found = Array.Find(Names, n => n.Name == name).Scope | Array.Find(Roles, r => r.Name == name).Scopes;
            if (found == Scope.None) return false;
            scopes |= found;
        }

        return scopes != Scope.None;
    }
}
