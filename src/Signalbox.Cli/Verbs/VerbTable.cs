using System.CommandLine;

namespace Signalbox.Cli.Verbs;

/// <summary>Every verb by name, in the order help shows them.</summary>
internal static class VerbTable
{
    private static readonly (string Name, Func<Command> Create)[] Table =
    [
        ("init", InitVerb.Create),
        ("run", RunVerb.Create),
        ("up", UpVerb.Create),
        ("deploy", DeployVerb.Create),
        ("status", StatusVerb.Create),
        ("open", OpenVerb.Create),
        ("rollouts", RolloutsVerb.Create),
        ("watch", WatchVerb.Create),
        ("advance", AdvanceVerb.Create),
        ("abort", AbortVerb.Create),
        ("pause", PauseVerb.Create),
        ("resume", ResumeVerb.Create),
        ("rollback", RollbackVerb.Create),
        ("history", HistoryVerb.Create),
        ("dora", DoraVerb.Create),
        ("logs", LogsVerb.Create),
        ("down", DownVerb.Create),
        ("audit", AuditVerb.Create),
        ("explain", ExplainVerb.Create),
        ("design", DesignVerb.Create),
        ("convert", ConvertVerb.Create),
        ("check", CheckVerb.Create),
        ("schema", SchemaVerb.Create),
        ("ledger", LedgerVerb.Create),
        ("backup", BackupVerb.Create),
        ("restore", RestoreVerb.Create),
        ("drill", DrillVerb.Create),
        ("runbook", RunbookVerb.Create),
        ("sbom", SbomVerb.Create),
        ("evidence", EvidenceVerb.Create),
        ("verify", VerifyVerb.Create),
        ("sign", SignVerb.Create),
        ("attest", AttestVerb.Create),
        ("release", ReleaseVerb.Create),
        ("approve", ApproveVerb.Create),
        ("gates", GatesVerb.Create),
        ("policy", PolicyVerb.Create),
        ("notify", NotifyVerb.Create),
        ("dashboard", DashboardVerb.Create),
        ("judge", JudgeVerb.Create),
        ("conformance", ConformanceVerb.Create),
        ("token", TokenVerb.Create),
        ("host", HostVerb.Create),
        ("serve", ServeVerb.Create),
        ("static", StaticVerb.Create),
        ("demo", DemoVerb.Create),
        ("completion", CompletionVerb.Create),
        (NamesVerb.Name, NamesVerb.Create),
    ];

    public static IEnumerable<string> Names => Table.Select(verb => verb.Name).Where(name => name != NamesVerb.Name);

    /// <returns>The one verb of that name, or all of them where there is none.</returns>
    public static IEnumerable<Command> Named(string? name)
    {
        foreach (var verb in Table)
            if (verb.Name == name) return [verb.Create()];
        return Table.Select(verb => verb.Create());
    }
}
