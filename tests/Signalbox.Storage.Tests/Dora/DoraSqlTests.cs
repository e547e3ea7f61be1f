using CsCheck;
using Microsoft.Data.Sqlite;
using Signalbox.Api;
using Signalbox.Dora;
using Signalbox.Gates;
using Signalbox.Rollouts;
using Signalbox.Tests.Dora;

namespace Signalbox.Storage.Tests.Dora;

/// <summary>The five keys and the five principles against queries that share no code with them, over the very same ledger file.</summary>
public sealed class DoraSqlTests
{
    /// <summary>
    /// Rollouts, reported deployments and incidents, and what became of them, from the ledger's rows alone; times in milliseconds: the
    /// rows' own of rollouts, the senders' of reports.
    /// </summary>
    private const string Rollouts = """
        with started as (
            select sequence, stream, at, principal, json_extract(cast(data as text), '$.rollout') as id, json_extract(cast(data as text), '$.kind') = 'Rollback' as back,
                   json_extract(cast(data as text), '$.plan.release') as release, json_extract(cast(data as text), '$.from') as replaces,
                   coalesce(lead(sequence) over (partition by stream order by sequence), 9e15) as next
            from entries where type = 'rollout.started/1'),
        event as (select s.id as rollout, e.sequence, e.type, e.at, cast(e.data as text) as data from started s join entries e on e.stream = s.stream and e.sequence > s.sequence and e.sequence < s.next),
        report as (
            select json_extract(d, '$.kind') as kind, json_extract(d, '$.source') as source, json_extract(d, '$.id') as id, json_extract(d, '$.subject') as subject, d as data,
                   json_extract(d, '$.application') || '/' || json_extract(d, '$.environment') as stream, json_extract(d, '$.release') as release,
                   strftime('%s', json_extract(d, '$.at')) * 1000 as at, strftime('%s', json_extract(d, '$.startedAt')) * 1000 as began, json_extract(d, '$.outcome') as outcome, principal like 'ci:%' or principal like 'system:%' as code
            from (select principal, cast(data as text) as d from entries where type = 'delivery.reported/1')),
        rollout as (
            select s.id, s.stream, s.at, s.back, s.release, s.replaces, 1 as known, 1 as own, s.principal like 'ci:%' or s.principal like 'system:%' as code,
                (select min(e.at) from event e where e.rollout = s.id and e.type in ('rollout.step-reached/1', 'rollout.took-over/1')) as exposed,
                (select max(e.at) from event e where e.rollout = s.id and e.type = 'rollout.took-over/1') as took,
                (select min(e.at) from event e where e.rollout = s.id and e.type = 'rollout.abort-started/1'
                    and e.sequence > coalesce((select max(r.sequence) from event r where r.rollout = s.id and r.type = 'rollout.resumed/1'), 0)) as aborted,
                (select max(e.at) from event e where e.rollout = s.id and e.type = 'rollout.ended/1') as ended,
                (select json_extract(e.data, '$.outcome') from event e where e.rollout = s.id and e.type = 'rollout.ended/1') as outcome,
                (select e.data from event e where e.rollout = s.id and json_extract(e.data, '$.evidence.web') is not null order by e.sequence desc limit 1) as counted,
                (select cast(e.data as text) from entries e where e.stream = s.stream and e.sequence < s.sequence and e.type = 'gate.decided/1' and json_extract(cast(e.data as text), '$.release') = s.release order by e.sequence desc limit 1) as gates
            from started s
            union all
            select source || ' ' || id, stream, coalesce(began, at), json_extract(data, '$.isRollback'), coalesce(release, id), json_extract(data, '$.replaces'),
                began is not null or outcome = 'Succeeded', 0, code, case when outcome = 'Succeeded' then at else coalesce(began, at) end, case when outcome = 'Succeeded' then at end, null, at,
                case outcome when 'TakenBack' then 'RolledBack' else outcome end, null, null
            from report where kind = 'Deployed'),
        incident as (
            select i.stream, i.opened, i.release, (select min(r.at) from report r where r.kind = 'IncidentResolved' and r.source = i.source and r.subject = i.subject and r.at >= i.opened) as resolved
            from (select source, subject, stream, min(at) as opened, (select w.release from report w where w.kind = 'IncidentOpened' and w.source = o.source and w.subject = o.subject and w.release is not null order by w.at, w.id limit 1) as release
                  from report o where kind = 'IncidentOpened' group by source, subject) i),
        charged as (
            select i.*, case
                when i.release is not null then (select b.id from rollout b where b.stream = i.stream and not b.back and b.exposed <= i.opened and b.release = i.release order by b.exposed desc, b.id desc limit 1)
                else coalesce(
                    (select b.id from rollout b where b.stream = i.stream and not b.back and b.exposed <= i.opened and (b.took is null or b.took > i.opened) and (b.ended is null or b.ended >= i.opened) order by b.exposed desc, b.id desc limit 1),
                    (select case when not b.back and i.opened - b.took <= 86400000 then b.id end from rollout b where b.stream = i.stream and b.took <= i.opened order by b.took desc, b.id desc limit 1)) end as bad
            from incident i),
        leaving as (
            select r.*, coalesce(r.replaces, (select b.release from rollout b where b.stream = r.stream and b.took <= r.at and b.id <> r.id order by b.took desc, b.id desc limit 1)) as quit
            from rollout r where r.back and r.exposed is not null),
        candidate as (
            select id, exposed as failed, max(exposed, coalesce(aborted, ended)) as detected, ended as recovered from rollout where not back and exposed is not null and outcome = 'RolledBack'
            union all
            select id, exposed, max(exposed, coalesce(aborted, ended)), (select min(n.took) from rollout n where n.stream = r.stream and n.took > r.ended) from rollout r where not back and exposed is not null and outcome = 'Failed'
            union all
            select bad.id, bad.exposed, r.at, coalesce(r.took, (select min(n.took) from rollout n where n.stream = r.stream and n.took > r.at))
            from leaving r join rollout bad on bad.id = (select b.id from rollout b where b.stream = r.stream and b.took <= r.at and not b.back and b.release = r.quit order by b.took desc, b.id desc limit 1)
            union all
            select bad, opened, opened, coalesce(resolved, (select min(n.took) from rollout n where n.stream = c.stream and n.took > c.opened)) from charged c where bad is not null),
        failure as (
            select c.id, c.failed, c.detected, r.stream, r.exposed, r.known or c.failed <> r.exposed as timed, (select min(m.recovered) from candidate m where m.id = c.id and m.recovered >= c.failed) as recovered
            from (select *, row_number() over (partition by id order by detected, failed) as nth from candidate) c join rollout r on r.id = c.id where nth = 1),
        counted as (
            select r.*, exists (select 1 from failure f where f.id = r.id) as hurt,
                r.back or exists (select 1 from failure f where f.stream = r.stream and f.id <> r.id and r.at >= f.detected and (f.recovered is null or f.recovered > r.at)) as rework
            from rollout r)

        """;

    private const string Median = "(select avg(took) from (select took, row_number() over (order by took) as place, count(*) over () as n from times) where place in ((n + 1) / 2, (n + 2) / 2))";

    private static readonly Gen<(int Gap, int Kind, int Outcome, int Long, bool Cart)[]> s_happenings =
        Gen.Select(Gen.Int[1, 3000], Gen.Int[0, 8], Gen.Int[0, 9], Gen.Int[1, 400], Gen.Bool).Array[0, 20];

    private static readonly (DateTimeOffset From, DateTimeOffset To) s_window = (Story.Start.AddDays(3), Story.Start.AddDays(31));

    [Fact]
    public void Keys_OfAnyLedger_EqualAQueryOverTheSameFile() => OfAnyLedger((view, sql, f, t) =>
    {
        Equal(view, "deploymentFrequency", Ask(sql, $$"""
            , days as (select max(({{t}} - max({{f}}, (select min(at) from entries))) / 86400000.0, 1.0) as n where (select min(at) from entries) < {{t}}),
            stayed as (select count(*) as n from rollout where not back and outcome = 'Succeeded' and took >= {{f}} and took < {{t}})
            select (select n from stayed), (select n from days), (select n from stayed) / (select n from days)
            """));
        Equal(view, "changeFailureRate", Ask(sql, $"select sum(hurt), count(*), sum(hurt) * 1.0 / count(*) from counted where not back and ended is not null and exposed >= {f} and exposed < {t}"));
        Equal(view, "deploymentReworkRate", Ask(sql, $"select sum(rework), count(*), sum(rework) * 1.0 / count(*) from counted where exposed >= {f} and exposed < {t}"));
        Equal(view, "failedDeploymentRecoveryTime", Ask(sql, $", inside as (select * from failure where exposed >= {f} and exposed < {t}), times as (select recovered - failed as took from inside where recovered is not null and timed) select (select count(*) from times), (select count(*) from inside), {Median} / 1000.0"));
        Equal(view, "changeLeadTime", Ask(sql, $$"""
            , brought as (
                select r.stream, r.took, json_extract(cast(e.data as text), '$.source.commit') as sha, strftime('%s', json_extract(cast(e.data as text), '$.source.committedAt')) * 1000 as committed
                from rollout r join entries e on e.type = 'release.created/1' and json_extract(cast(e.data as text), '$.id') = r.release where not r.back and r.outcome = 'Succeeded'
                union all
                select d.stream, d.at, json_extract(c.value, '$.commit'), strftime('%s', json_extract(c.value, '$.committedAt')) * 1000 from report d, json_each(d.data, '$.changes') c
                where d.kind = 'Deployed' and d.outcome = 'Succeeded' and not json_extract(d.data, '$.isRollback')),
            arrival as (select stream, sha, min(took) as at, committed from brought group by stream, sha),
            inside as (select * from arrival where at >= {{f}} and at < {{t}}), times as (select at - committed as took from inside where committed <= at)
            select (select count(*) from times), (select count(*) from inside), {{Median}} / 1000.0
            """));
    });

    [Fact]
    public void Principles_OfAnyLedger_EqualAQueryOverTheSameFile() => OfAnyLedger((view, sql, f, t) =>
    {
        var begun = $", begun as (select * from rollout where not back and at >= {f} and at < {t})";
        PartEqual(view, "begun by code", Ask(sql, begun + " select sum(code), count(*) from begun"));
        PartEqual(view, "supply chain", Ask(sql, $"{begun} select sum({Allowed("signature")} and {Allowed("provenance")} and {Allowed("sbom")}), count(*) from begun where own"));
        PartEqual(view, "no secret in Git", Ask(sql, $"{begun} select sum({Allowed("secrets")}), count(*) from begun where own"));
        PartEqual(view, "scanned", Ask(sql, $"{begun} select sum({Allowed("vulnerabilities")}), count(*) from begun where own"));
        PartEqual(view, "alerts name an action", Ask(sql, $"{begun} select sum({Allowed("alerts")}), count(*) from begun where own"));
        PartEqual(view, "answered well", Ask(sql, $$"""
            , seen as (select counted ->> '$.evidence.web.canaryRequests' + counted ->> '$.evidence.web.stableRequests' as requests, counted ->> '$.evidence.web.canaryBad' + counted ->> '$.evidence.web.stableBad' as bad
                from rollout where exposed >= {{f}} and exposed < {{t}} and counted is not null)
            select sum(requests) - sum(bad), sum(requests) from seen
            """));
        PartEqual(view, "rolled back under 30 s", Ask(sql, $"select sum(ended - aborted < 30000), count(*) from rollout where outcome = 'RolledBack' and own and aborted >= {f} and aborted < {t} and ended is not null"));
        PartEqual(view, "in the ledger with metrics", Ask(sql, $"{begun} select sum(gates is not null and counted is not null), count(*) from begun where ended >= {f} and ended < {t}"));
        PartEqual(view, "failures with help", Ask(sql, $$"""
            , line as (select one.value from entries e, json_each(cast(e.data as text), '$.results') result, json_each(result.value, '$.lines') one where e.type = 'gate.decided/1' and e.at >= {{f}} and e.at < {{t}})
            select sum(value ->> '$.help' is not null), count(*) from line where value ->> '$.verdict' <> 'Allow'
            """));
        foreach (var principle in view.Principles)
            Assert.Equal(principle.Parts.Min(part => part.Share), principle.Share);
    });

    /// <summary>Whether a gate was asked and all that it said was yes.</summary>
    private static string Allowed(string gate) =>
        $"coalesce((select min(value ->> '$.verdict' = 'Allow') from json_each(gates, '$.results') where value ->> '$.gate' = '{gate}'), 0)";

    private static void PartEqual(DoraView view, string name, (double Numerator, double Denominator, double? Value) asked)
    {
        var part = view.Principles.SelectMany(principle => principle.Parts).Single(one => one.Name == name);
        Assert.Equal((name, asked.Numerator, asked.Denominator), (name, part.Numerator, part.Denominator));
        Assert.Equal(asked.Denominator == 0 ? (double?)null : asked.Numerator / asked.Denominator, part.Share);
    }

    /// <param name="compare">With the bounds of the window in milliseconds.</param>
    private static void OfAnyLedger(Action<DoraView, SqliteConnection, long, long> compare) => s_happenings.Sample(
        happenings =>
        {
            using var directory = new TempDirectory();
            var path = directory.File("ledger.db");
            SqliteLedgerStore? told = null;
            var story = new Story(time => told = SqliteLedgerStore.Open(path, time));
            Tell(story, happenings);
            using var ledger = told!;
            var view = DoraReport.Of(story.Facts, new(null, "production", s_window.From, s_window.To), "0:0");
            using var sql = new SqliteConnection($"Data Source={path};Mode=ReadOnly");
            sql.Open();
            compare(view, sql, s_window.From.ToUnixTimeMilliseconds(), s_window.To.ToUnixTimeMilliseconds());
        },
        iter: 60);

    private static void Equal(DoraView view, string name, (double Numerator, double Denominator, double? Value) asked)
    {
        var key = view.Keys.Single(one => one.Key == name);
        Assert.Equal(asked.Numerator, key.Numerator);
        Assert.Equal(asked.Denominator, key.Denominator, 9);
        if (asked.Value is { } expected) Assert.Equal(expected, key.Value!.Value, 6);
        else Assert.Null(key.Value);
    }

    private static (double Numerator, double Denominator, double? Value) Ask(SqliteConnection sql, string query)
    {
        using var command = sql.CreateCommand();
        command.CommandText = Rollouts.TrimEnd() + "\n" + query;
        using var row = command.ExecuteReader();
        Assert.True(row.Read());
        double? At(int column) => column >= row.FieldCount || row.IsDBNull(column) ? null : row.GetDouble(column);
        return (At(0) ?? 0, At(1) ?? 0, At(2));
    }

    /// <summary>One after the other, as a track allows: what goes out goes over what serves, and a rollback leaves what serves.</summary>
    private static void Tell(Story story, (int Gap, int Kind, int Outcome, int Long, bool Cart)[] happenings)
    {
        var serving = new Dictionary<string, Stack<string>> { ["shop"] = new(), ["cart"] = new() };
        var number = 0;
        _ = story.Ledger.Head;
        foreach (var (gap, kind, outcome, lasts, cart) in happenings)
        {
            var application = cart ? "cart" : "shop";
            var past = serving[application];
            story.After(gap);
            number++;
            if (kind > 4)
            {
                Report(story, application, kind, outcome, lasts, number, past.Count > 0 ? past.Peek() : null);
                continue;
            }
            var back = kind == 0 && past.Count > 1;
            var from = past.Count > 0 ? past.Peek() : null;
            var release = back ? past.ElementAt(1) : $"{application}-{number}";
            if (!back) story.Release(application, release, $"{number + 0xabcde00:x}", outcome == 9 ? null : story.Now.AddMinutes(-lasts));
            story.Principal = kind switch { 1 => "alice", 2 => "system:promoter", _ => "ci:trial" };
            if (gap % 3 > 0) story.Decided(application, release, GateVerdict.Allow, Gates(gap));
            story.Began(application, release, from, back ? RolloutKind.Rollback : RolloutKind.Deploy);
            if (!Finish(story, application, outcome, lasts)) continue;
            if (back) past.Pop();
            else past.Push(release);
        }
    }

    /// <summary>What other pipelines and monitors say: in whole or in part, late, and about one another's releases.</summary>
    private static void Report(Story story, string application, int kind, int outcome, int lasts, int number, string? serving)
    {
        var incident = $"incident-{outcome % 3}";
        ReportedEvent Event(ReportedKind what, string subject, string? release) =>
            new("/elsewhere", $"{number}", "told", what, story.Now, subject, application, "production", release, Signalbox.Delivery.Digest.Of([1]));
        story.Reported(kind switch
        {
            5 or 6 => Event(ReportedKind.Deployed, application, outcome == 3 ? null : $"1.{lasts % 4}") with
            {
                IsRollback = kind == 6,
                Replaces = outcome is 4 or 7 ? serving : null,
                StartedAt = outcome % 2 == 0 ? story.Now.AddMinutes(-lasts / 10) : null,
                Outcome = outcome switch { 0 or 1 => DeploymentOutcome.TakenBack, 2 => DeploymentOutcome.Failed, _ => DeploymentOutcome.Succeeded },
                Changes = outcome > 5 ? [new($"{(lasts % 4) + 0xbeef00:x}", story.Now.AddDays(-1))] : [],
            },
            7 => Event(ReportedKind.IncidentOpened, incident, outcome > 6 ? serving : outcome == 6 ? $"1.{lasts % 4}" : null),
            _ => Event(ReportedKind.IncidentResolved, incident, null),
        });
    }

    private static (string, GateVerdict, string?)[] Gates(int number) =>
        [.. s_gates.Select((gate, i) => (gate, (number >> i) % 4 == 0 ? GateVerdict.Deny : (number >> i) % 8 == 1 ? GateVerdict.Undecided : GateVerdict.Allow, number % 2 == 0 ? "a line to paste" : null))];

    private static readonly string[] s_gates = ["signature", "provenance", "sbom", "secrets", "vulnerabilities", "alerts"];

    private static bool Finish(Story story, string application, int outcome, int lasts)
    {
        if (outcome is not (5 or 6)) story.After(lasts / 3.0).Stepped(application, lasts * 10, lasts % 3);
        switch (outcome)
        {
            case 0: story.After(lasts / 4.0).AbortStarted(application, lasts * 10, lasts).After(lasts / 400.0).Ended(application, Phase.RolledBack); break;
            case 1: story.After(lasts / 4.0).TookOver(application).After(lasts / 400.0).AbortStarted(application).After(1).Ended(application, Phase.RolledBack); break;
            case 2: story.After(lasts / 4.0).Ended(application, Phase.Failed); break;
            case 3: story.After(lasts / 4.0).AbortStarted(application).After(2).Ended(application, Phase.Failed); break;
            case 4: break;
            case 5: story.After(1).AbortStarted(application).Ended(application, Phase.RolledBack); break;
            default: story.After(lasts / 2.0).TookOver(application, lasts * 20, lasts % 7).After(1).Ended(application, Phase.Succeeded); return true;
        }
        return false;
    }
}
