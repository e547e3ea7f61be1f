using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Tests.Rollouts;

namespace Signalbox.Tests.Gates;

/// <summary>The situations that each gate tells apart: each differs from another in one thing.</summary>
internal static partial class GateSituations
{
    private const string GitHub = "https://token.actions.githubusercontent.com", Workflow = "https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main";

    private static readonly string s_key = $"\"{GateFixture.Key}\"", s_other = $"\"{GateFixture.Other}\"";

    public static IReadOnlyDictionary<string, IReadOnlyList<GateSituation>> All { get; } = new Dictionary<string, IReadOnlyList<GateSituation>>
    {
        [GateTable.Alerts] = [.. Alerts()],
        [GateTable.Approval] = [.. Approval()],
        [GateTable.Commands] = [.. Commands()],
        [GateTable.Coverage] = [.. Coverage()],
        ["ticket"] = [.. Custom()],
        [GateTable.Freeze] = [.. Freeze()],
        [GateTable.Freshness] = [.. Freshness()],
        [GateTable.Health] = [.. Health()],
        [GateTable.Promotion] = [.. Promotion()],
        [GateTable.Provenance] = [.. Provenance()],
        [GateTable.Rollback] = [.. Rollback()],
        [GateTable.Sast] = [.. Sast()],
        [GateTable.Sbom] = [.. Sbom()],
        [GateTable.Secrets] = [.. Secrets()],
        [GateTable.SelfService] = [.. SelfService()],
        [GateTable.Signature] = [.. Signature()],
        [GateTable.Slo] = [.. Slo()],
        [GateTable.Tests] = [.. Tests()],
        [GateTable.Vulnerabilities] = [.. Vulnerabilities()],
    };

    private static GateSituation Asked(string gate, string rule, string title, params Action<GateFixture>[] make) => new(title, $"gates: {{ {gate}: {rule} }}", release =>
    {
        foreach (var one in make) one(release);
    });

    private static IEnumerable<GateSituation> Alerts()
    {
        static GateSituation Of(string title, params (string Where, AlertsFact? Facts)[] files) => Asked(GateTable.Alerts, "enforce", title, [.. files.Select(file => (Action<GateFixture>)(release => release.Add(EvidenceKind.Alerts, file.Facts, where: file.Where)))]);
        yield return Of("nothing is handed in");
        yield return Of("no rule in either of two files", ("a.yaml", new(0, [])), ("b.yaml", new(0, [])));
        yield return Of("each of three says what to do", ("a.yaml", new(3, [])));
        yield return Of("one of three does not", ("a.yaml", new(3, ["HighErrors"])));
        yield return Of("three of four do not", ("a.yaml", new(4, ["HighErrors", "Slow", "Down"])));
        yield return Of("a file without rules beside one with some", ("a.yaml", new(0, [])), ("b.yaml", new(1, [])));
        yield return Of("a file without rules beside one that is lost", ("a.yaml", new(0, [])), ("b.yaml", null));
        yield return Of("a file with rules beside one that is lost", ("a.yaml", new(2, [])), ("b.yaml", null));
    }

    private static IEnumerable<GateSituation> Approval()
    {
        static GateSituation Of(string rule, string title, params Action<GateFixture>[] make) => Asked(GateTable.Approval, rule, title, make);
        static void Commented(GateFixture release, string by, string comment) =>
            release.Add(EvidenceKind.Approval, new ApprovalFact("shop", "production", release.Content, ConfigurationDigest.Of(release.Configuration), comment), release.Content, by);
        yield return Of("enforce", "nobody did");
        yield return Of("{ count: 0 }", "none is asked for");
        yield return Of("{ count: 0 }", "none is asked for, and there is one", r => r.Approve("bob"));
        yield return Of("enforce", "by somebody else", r => r.Approve("bob"));
        yield return Of("{ count: 2 }", "twice by one", r => r.Approve("bob"), r => r.Approve("bob"));
        yield return Of("{ count: 2 }", "by two, one with a comment", r => r.Approve("bob"), r => Commented(r, "carol", "read it"));
        yield return Of("enforce", "by its submitter", r => (r.Submitter, r.Creator) = ("alice", "carol"), r => r.Approve("alice"));
        yield return Of("enforce", "by its maker", r => (r.Submitter, r.Creator) = ("alice", "carol"), r => r.Approve("carol"));
        yield return Of("{ maxAge: 1d }", "as old as it may be", r => r.Approve("bob", at: GateFixture.Now.AddHours(-24)));
        yield return Of("{ maxAge: 90m }", "a second older", r => r.Approve("bob", at: GateFixture.Now.AddMinutes(-90).AddSeconds(-1)));
        yield return Of("{ by: [dave, \"b*\"] }", "by one of those that are named", r => r.Approve("bob"));
        yield return Of("{ by: [dave, \"b*\"] }", "by another one", r => r.Approve("erin"));
        yield return Of("enforce", "for another environment", r => r.Approve("bob", environment: "staging"));
        yield return Of("enforce", "of another content", r => r.Approve("bob", release: GateFixture.Other));
        yield return Of("enforce", "of another configuration", r => r.Approve("bob", configuration: GateFixture.Other));
        yield return Of("enforce", "of another application", r => r.Add(EvidenceKind.Approval, new ApprovalFact("mail", "production", r.Content, ConfigurationDigest.Of(r.Configuration), null), r.Content, "bob"));
        yield return Of("enforce", "one that is lost", r => r.Add(EvidenceKind.Approval, null, r.Content, "bob", where: "approval"));
        yield return Of("enforce", "by who took it out before, and it goes on by itself", r => r.Submitter = Principal.Promoter.Name, r => r.Approve("bob"),
            r => r.Path = new(["staging", "production"], [new("staging", Standing.Succeeded, GateFixture.Now.AddHours(-2), "shop-staging-1") { Starters = ["bob"] }]));
    }

    private static IEnumerable<GateSituation> Commands()
    {
        static GateSituation Of(string rule, string title, params Action<GateFixture>[] make) => Asked(GateTable.Commands, rule, title, make);
        static void Pre(GateFixture release, params string[] command) => release.Configuration = release.Configuration with { PreHook = GateChanges.Hook(command) };
        static ServiceConfiguration With(ServiceConfiguration service, params string[] variables) => service with { Environment = variables.ToDictionary(name => name, _ => "x") };
        const string Named = "{ allow: [\"./other\", \"./migrate.sh up\"] }";
        yield return Of("enforce", "there are none");
        yield return Of(Named, "one of those that are named", r => Pre(r, "./migrate.sh", "up"));
        yield return Of(Named, "fewer words", r => Pre(r, "./migrate.sh"));
        yield return Of("enforce", "every command that a release has", r => Pre(r, "./pre"), r => r.Configuration = r.Configuration with
        {
            PostHook = GateChanges.Hook("./post"),
            Strategy = Plans.BlueGreen with { BlueGreen = Plans.BlueGreen.BlueGreen! with { Check = GateChanges.Hook("./check") } },
        }, r => r.Service(service => service with { Health = service.Health with { Http = null, Command = ["./healthy"] } }));
        foreach (var variable in new[] { "PATH", "GCONV_PATH", "GLIBC_TUNABLES", "BASH_ENV", "SHELLOPTS", "BASHOPTS", "LD_AUDIT", "BASH_FUNC_x%%", "XPATH", "path", "LD", "BASH_FUNC" })
            yield return Of(Named, $"beside the variable {variable}", r => Pre(r, "./migrate.sh", "up"), r => r.Service(service => With(service, variable)));
        yield return Of(Named, "beside two variables", r => Pre(r, "./migrate.sh", "up"), r => r.Service(service => With(service, "PATH", "A", "BASH_ENV")));
        yield return Of("{ allow: [\"./up\", \"./healthy\"] }", "a hook and a health command, each in its own environment", r => Pre(r, "./up"), r => r.Second(),
            r => r.Service(service => service.Name == "api" ? With(service with { Health = service.Health with { Http = null, Command = ["./healthy"] } }, "PATH") : service));
        yield return Of("enforce", "as long as what is pasted", r => Pre(r, "./" + new string('x', 298)));
        yield return Of("enforce", "longer than what is pasted", r => Pre(r, "./" + new string('x', 299)));
        yield return Of("enforce", "with a line break", r => Pre(r, "./a\nb"));
        yield return Of("enforce", "with quotes", r => Pre(r, "./a", "it's"));
    }

    private static IEnumerable<GateSituation> Coverage()
    {
        static GateSituation Of(string rule, string title, params CoverageFact?[] reports) => Asked(GateTable.Coverage, rule, title, [.. reports.Select((facts, i) => (Action<GateFixture>)(release => release.Add(EvidenceKind.Coverage, facts, where: $"{i + 1}.xml")))]);
        yield return Of("enforce", "nothing is handed in");
        yield return Of("enforce", "as much as is asked", new CoverageFact(800, 1000, 0, 0));
        yield return Of("enforce", "one line less", new CoverageFact(799, 1000, 0, 0));
        yield return Of("{ atLeast: 79.95% }", "less by what is not shown", new CoverageFact(7994, 10_000, 0, 0));
        yield return Of("enforce", "no line of ten", new CoverageFact(0, 10, 0, 0));
        yield return Of("enforce", "ten lines of ten", new CoverageFact(10, 10, 0, 0));
        yield return Of("enforce", "eleven lines of ten", new CoverageFact(11, 10, 0, 0));
        yield return Of("enforce", "no line of none", new CoverageFact(0, 0, 0, 0));
        yield return Of("enforce", "fewer lines than none", new CoverageFact(-1, 10, 0, 0));
        yield return Of("{ branchesAtLeast: 50% }", "as many branches as are asked", new CoverageFact(900, 1000, 5, 10));
        yield return Of("{ branchesAtLeast: 50% }", "one branch less", new CoverageFact(900, 1000, 4, 10));
        yield return Of("{ branchesAtLeast: 50% }", "no branch of ten", new CoverageFact(900, 1000, 0, 10));
        yield return Of("{ branchesAtLeast: 50% }", "ten branches of ten", new CoverageFact(900, 1000, 10, 10));
        yield return Of("{ branchesAtLeast: 50% }", "no branches are counted", new CoverageFact(900, 1000, 0, 0));
        yield return Of("enforce", "two reports", new CoverageFact(9, 10, 0, 0), new CoverageFact(7, 10, 0, 0));
        yield return Of("enforce", "a report and one that is lost", new CoverageFact(9, 10, 0, 0), null);
        yield return Asked(GateTable.Coverage, "enforce", "two artifacts, one with a report", r => r.Second(), r => r.Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0), where: "1.xml"));
        yield return Asked(GateTable.Coverage, "enforce", "the report of another release", r => r.Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0), where: "1.xml", alsoOf: [GateFixture.Other]));
        yield return Asked(GateTable.Coverage, "{ reused: allow }", "the report of another release, where that is allowed", r => r.Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0), where: "1.xml", alsoOf: [GateFixture.Other]));
    }

    private static IEnumerable<GateSituation> Custom()
    {
        static GateSituation Of(string title, params CustomResult[] results) => new(title, "custom: [{ name: ticket, command: [/bin/ticket, \"a b\"] }]", release => release.Custom.AddRange(results));
        static CustomResult Ended(int? exit, string name = "ticket", string layer = "policy of production") => new(layer, name, exit, exit is { } code ? $"exit {code}" : "timed out after 30 s", null);
        yield return Of("it was not run");
        yield return Of("another was run", Ended(0, name: "other"));
        yield return Of("another policy's was run", Ended(0, layer: "policy of shop/production"));
        yield return Of("it ended with 0", Ended(0, name: "other"), Ended(0));
        yield return Of("it ended with 1", Ended(1));
        yield return Of("it ended with 2", Ended(2));
        yield return Of("it did not end", Ended(null));
        yield return Of("it was run twice", Ended(0), Ended(0));
    }

    private static IEnumerable<GateSituation> Freeze()
    {
        const string Noon = "{ name: noon, from: '12:00', to: '13:00', zone: UTC }", Night = "{ name: night, from: '22:00', to: '23:00', zone: UTC }", Berlin = "{ name: lunch, from: '13:00', to: '14:00', zone: Europe/Berlin }";
        static GateSituation Of(string windows, string title, params Action<GateFixture>[] make) => new(title, $"freeze: [{windows}]", release =>
        {
            foreach (var one in make) one(release);
        });
        static void Override(GateFixture release, string by, DateTimeOffset? until = null) => release.Add(
            EvidenceKind.Override, new OverrideFact(GateTable.Freeze, "shop", "production", release.Content, ConfigurationDigest.Of(release.Configuration), "an outage", until ?? GateFixture.Now.AddHours(1)), release.Content, by, "override");
        yield return new("there is no window", "gates: { freeze: enforce }", _ => { });
        yield return Of(Night, "none holds");
        yield return Of($"{Night}, {Noon}", "one of two holds");
        yield return Of(Noon, "its last second", r => r.At = GateFixture.Now.AddHours(1).AddSeconds(-1));
        yield return Of(Noon, "its end", r => r.At = GateFixture.Now.AddHours(1));
        yield return Of(Berlin, "the clock of its place", r => r.Zones["Europe/Berlin"] = TimeSpan.FromHours(1));
        yield return Of(Berlin, "a place that nobody knows");
        yield return Of($"{Berlin}, {Noon}", "a place that nobody knows, and one that holds");
        yield return Of(Noon, "somebody else lets it through", r => Override(r, "bob"));
        yield return Of(Noon, "its submitter lets it through", r => Override(r, "alice"));
        yield return Of(Noon, "somebody did until now", r => Override(r, "bob", GateFixture.Now));
        yield return Of(Noon, "two of them, and one counts", r => Override(r, "alice"), r => Override(r, "bob"));
        yield return Of(Noon, "the word for it is lost", r => r.Add(EvidenceKind.Override, null, r.Content, "bob", "override"));
    }

    private static IEnumerable<GateSituation> Health()
    {
        static GateSituation Of(string title, ServiceKind kind, string? http, bool tcp, IReadOnlyList<string>? command) => Asked(GateTable.Health, "enforce", title, r => r.Service(service => service with { Kind = kind, Health = service.Health with { Http = http, Tcp = tcp, Command = command } }));
        yield return Of("a path", ServiceKind.Web, "/healthz", false, null);
        yield return Of("a command", ServiceKind.Web, null, false, ["./healthy"]);
        yield return Of("an open port alone", ServiceKind.Web, null, true, null);
        yield return Of("a worker without a probe", ServiceKind.Worker, null, false, null);
        yield return Of("a worker with a command", ServiceKind.Worker, null, false, ["./healthy"]);
    }

    private static IEnumerable<GateSituation> Promotion()
    {
        static GateSituation Of(string title, string rule, ReleasePath path, params string[] overriddenBy) => Asked(GateTable.Promotion, rule, title, r => r.Path = path, r =>
        {
            foreach (var by in overriddenBy)
                r.Add(EvidenceKind.Override, new OverrideFact(GateTable.Promotion, "shop", "production", r.Content, ConfigurationDigest.Of(r.Configuration), "the outage", GateFixture.Now.AddHours(1)), r.Content, by, "override");
        });
        static ReleasePath At(params ReleaseStanding[] standings) => new(["dev", "staging", "production"], standings);
        static ReleaseStanding In(string environment, Standing standing, string? reason = null) => new(environment, standing, GateFixture.Now.AddHours(-2), $"shop-{environment}-1", reason);
        yield return Of("nothing is before it", "enforce", new(["production", "later"], []));
        yield return Of("it has gone nowhere", "enforce", At());
        yield return Of("it succeeded", "enforce", At(In("staging", Standing.Succeeded)));
        yield return Of("it goes out", "enforce", At(In("staging", Standing.GoingOut)));
        yield return Of("it was taken back", "enforce", At(In("staging", Standing.TakenBack)));
        yield return Of("it was taken back for a reason", "enforce", At(In("staging", Standing.TakenBack, "errors rose")));
        yield return Of("it failed", "enforce", At(In("staging", Standing.Failed)));
        yield return Of("it was withdrawn", "enforce", At(In("staging", Standing.Withdrawn)));
        yield return Of("it is not in the path that the policy names", "{ from: security }", At(In("staging", Standing.Succeeded)));
        yield return Of("the policy names itself and one before", "{ from: [production, dev] }", At(In("staging", Standing.Succeeded), In("dev", Standing.Succeeded)));
        yield return Of("its own submitter lets it through", "enforce", At(), "alice");
        yield return Of("it succeeded in one of two, and is let through", "{ from: dev }", At(In("staging", Standing.Succeeded)), "alice");
        yield return Of("it succeeded, and nobody needed to let it through", "enforce", At(In("staging", Standing.Succeeded)), "alice");
        yield return Asked(GateTable.Promotion, "enforce", "the word for it is lost", r => r.Path = At(), r => r.Add(EvidenceKind.Override, null, r.Content, "bob", "override"));
    }

    private static IEnumerable<GateSituation> Rollback()
    {
        static GateSituation Of(string title, Strategy strategy, Hook? pre = null, Hook? post = null, string rule = "enforce") => Asked(GateTable.Rollback, rule, title, r => r.Configuration = r.Configuration with { Strategy = strategy, PreHook = pre, PostHook = post });
        static Strategy Unjudged(Strategy strategy) => strategy with { Analysis = strategy.Analysis with { Enabled = false } };
        static Hook Final(string command) => GateChanges.Hook(command) with { Reversible = false };
        yield return Of("a canary", Plans.Canary);
        yield return Of("a rolling release with hooks that can be undone", Plans.Rolling, GateChanges.Hook("./up"), GateChanges.Hook("./done"));
        yield return Of("a canary without a judge", Unjudged(Plans.Canary));
        yield return Of("recreated, without a judge", Unjudged(Plans.Canary with { Kind = StrategyKind.Recreate }));
        yield return Of("a hook before that cannot be undone", Plans.Canary, Final("./up"));
        yield return Of("a hook after that cannot be undone", Plans.Canary, GateChanges.Hook("./up"), Final("./done"));
        yield return Of("both, where that is allowed", Plans.Canary, Final("./up"), Final("./done"), "{ irreversibleHooks: allow }");
    }

    private static IEnumerable<GateSituation> SelfService()
    {
        static GateSituation Of(string title, SourceRevision? source) => Asked(GateTable.SelfService, "enforce", title, r => r.Source = source);
        yield return Of("no commit", null);
        yield return Of("a commit", new(GateFixture.Commit, false));
        yield return Of("a short one", new("0f1e2d3", false));
        yield return Of("a work tree that differed", new(GateFixture.Commit, true));
        yield return Of("a work tree that differed from a short one", new("0f1e2d3", true));
    }

    private static IEnumerable<GateSituation> Slo()
    {
        static GateSituation Of(string title, params ServiceConfiguration[] services) => Asked(GateTable.Slo, "enforce", title, r => r.Services(services));
        var promised = Plans.Web() with { Objective = new(0.99995) };
        yield return Of("promised", promised);
        yield return Of("promised by one of two", promised, Plans.Web("api", port: 81));
        yield return Of("a worker beside it", promised, Plans.Web("job") with { Kind = ServiceKind.Worker });
        yield return Of("nothing that anybody asks", Plans.Web("job") with { Kind = ServiceKind.Worker });
    }

    private static IEnumerable<GateSituation> Tests()
    {
        static GateSituation Of(string title, params TestFact?[] reports) => Asked(GateTable.Tests, "enforce", title, [.. reports.Select((facts, i) => (Action<GateFixture>)(release => release.Add(EvidenceKind.Test, facts, where: $"{i + 1}.xml")))]);
        yield return Of("nothing is handed in");
        yield return Of("all passed", new TestFact(120, 0, 0));
        yield return Of("some were skipped", new TestFact(120, 0, 3));
        yield return Of("all but one were skipped", new TestFact(5, 0, 4));
        yield return Of("all were skipped", new TestFact(5, 0, 5));
        yield return Of("more than all were skipped", new TestFact(5, 0, 6));
        yield return Of("fewer than none were skipped", new TestFact(5, 0, -1));
        yield return Of("one failed", new TestFact(120, 1, 3));
        yield return Of("fewer than none failed", new TestFact(120, -1, 0));
        yield return Of("one report of two says that one failed", new TestFact(10, 0, 0), new TestFact(10, 1, 0));
        yield return Of("a report and one that is lost", new TestFact(10, 0, 0), null);
        yield return Asked(GateTable.Tests, "enforce", "the report of another release beside its own", r => r.Add(EvidenceKind.Test, new TestFact(9, 0, 0), where: "1.xml", alsoOf: [GateFixture.Other]), r => r.Add(EvidenceKind.Test, new TestFact(10, 0, 0), where: "2.xml"));
    }
}
