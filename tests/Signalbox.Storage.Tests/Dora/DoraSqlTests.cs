using CsCheck;
using Microsoft.Data.Sqlite;
using Signalbox.Api;
using Signalbox.Dora;
using Signalbox.Rollouts;
using Signalbox.Tests.Dora;

namespace Signalbox.Storage.Tests.Dora;

/// <summary>The five keys against a query that shares no code with them, over the very same ledger file.</summary>
public sealed class DoraSqlTests
{
    /// <summary>Rollouts and what became of them, from the ledger's rows alone; all times are the rows' own, in milliseconds.</summary>
    private const string Rollouts = """
        with started as (
            select sequence, stream, at, json_extract(cast(data as text), '$.rollout') as id, json_extract(cast(data as text), '$.kind') = 'Rollback' as back,
                   json_extract(cast(data as text), '$.plan.release') as release, json_extract(cast(data as text), '$.from') as replaces,
                   coalesce(lead(sequence) over (partition by stream order by sequence), 9e15) as next
            from entries where type = 'rollout.started/1'),
        rollout as (
            select s.*,
                (select min(e.at) from entries e where e.stream = s.stream and e.sequence > s.sequence and e.sequence < s.next and e.type in ('rollout.step-reached/1', 'rollout.took-over/1')) as exposed,
                (select max(e.at) from entries e where e.stream = s.stream and e.sequence > s.sequence and e.sequence < s.next and e.type = 'rollout.took-over/1') as took,
                (select max(e.at) from entries e where e.stream = s.stream and e.sequence > s.sequence and e.sequence < s.next and e.type = 'rollout.abort-started/1') as aborted,
                (select max(e.at) from entries e where e.stream = s.stream and e.sequence > s.sequence and e.sequence < s.next and e.type = 'rollout.ended/1') as ended,
                (select json_extract(cast(e.data as text), '$.outcome') from entries e where e.stream = s.stream and e.sequence > s.sequence and e.sequence < s.next and e.type = 'rollout.ended/1') as outcome
            from started s),
        candidate as (
            select id, exposed as failed, max(exposed, coalesce(aborted, ended)) as detected, ended as recovered from rollout where not back and exposed is not null and outcome = 'RolledBack'
            union all
            select id, exposed, max(exposed, coalesce(aborted, ended)), (select min(n.took) from rollout n where n.stream = r.stream and n.took > r.ended) from rollout r where not back and exposed is not null and outcome = 'Failed'
            union all
            select bad.id, bad.exposed, r.at, coalesce(r.took, (select min(n.took) from rollout n where n.stream = r.stream and n.took > r.at))
            from rollout r join rollout bad on bad.id = (select b.id from rollout b where b.stream = r.stream and b.took <= r.at and b.release = r.replaces order by b.took desc, b.id desc limit 1)
            where r.back and r.exposed is not null and not bad.back),
        failure as (
            select c.*, r.stream from (select *, row_number() over (partition by id order by detected, failed) as nth from candidate) c join rollout r on r.id = c.id where nth = 1),
        counted as (
            select r.*, exists (select 1 from failure f where f.id = r.id) as hurt,
                r.back or exists (select 1 from failure f where f.stream = r.stream and f.id <> r.id and r.at >= f.detected and (f.recovered is null or f.recovered > r.at)) as rework
            from rollout r)

        """;

    private const string Median = "(select avg(took) from (select took, row_number() over (order by took) as place, count(*) over () as n from times) where place in ((n + 1) / 2, (n + 2) / 2))";

    private static readonly Gen<(int Gap, int Kind, int Outcome, int Long, bool Cart)[]> s_happenings =
        Gen.Select(Gen.Int[1, 3000], Gen.Int[0, 4], Gen.Int[0, 9], Gen.Int[1, 400], Gen.Bool).Array[0, 20];

    [Fact]
    public void Keys_OfAnyLedger_EqualAQueryOverTheSameFile() => s_happenings.Sample(
        happenings =>
        {
            using var directory = new TempDirectory();
            var path = directory.File("ledger.db");
            SqliteLedgerStore? told = null;
            var story = new Story(time => told = SqliteLedgerStore.Open(path, time));
            Tell(story, happenings);
            using var ledger = told!;
            var (from, to) = (Story.Start.AddDays(3), Story.Start.AddDays(31));
            var view = DoraReport.Of(story.Facts, new(null, "production", from, to), "0:0");

            using var sql = new SqliteConnection($"Data Source={path};Mode=ReadOnly");
            sql.Open();
            var (f, t) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
            Equal(view, "deploymentFrequency", Ask(sql, $"select count(*), null from rollout where not back and outcome = 'Succeeded' and took >= {f} and took < {t}"), value: false);
            Equal(view, "changeFailureRate", Ask(sql, $"select sum(hurt), count(*), sum(hurt) * 1.0 / count(*) from counted where not back and ended is not null and exposed >= {f} and exposed < {t}"));
            Equal(view, "deploymentReworkRate", Ask(sql, $"select sum(rework), count(*), sum(rework) * 1.0 / count(*) from counted where exposed >= {f} and exposed < {t}"));
            Equal(view, "failedDeploymentRecoveryTime", Ask(sql, $", inside as (select * from failure where failed >= {f} and failed < {t}), times as (select recovered - failed as took from inside where recovered is not null) select (select count(*) from times), (select count(*) from inside), {Median} / 1000.0"));
            Equal(view, "changeLeadTime", Ask(sql, $$"""
                , brought as (
                    select r.stream, r.took, json_extract(cast(e.data as text), '$.source.commit') as sha, strftime('%s', json_extract(cast(e.data as text), '$.source.committedAt')) * 1000 as committed
                    from rollout r join entries e on e.type = 'release.created/1' and json_extract(cast(e.data as text), '$.id') = r.release where not r.back and r.outcome = 'Succeeded'),
                arrival as (select stream, sha, min(took) as at, committed from brought group by stream, sha),
                inside as (select * from arrival where at >= {{f}} and at < {{t}}), times as (select at - committed as took from inside where committed <= at)
                select (select count(*) from times), (select count(*) from inside), {{Median}} / 1000.0
                """));
        },
        iter: 60);

    private static void Equal(DoraView view, string name, (double Numerator, double Denominator, double? Value) asked, bool value = true)
    {
        var key = view.Keys.Single(one => one.Key == name);
        Assert.Equal(asked.Numerator, key.Numerator);
        if (!value) return;
        Assert.Equal(asked.Denominator, key.Denominator);
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
            var back = kind == 0 && past.Count > 1;
            var from = past.Count > 0 ? past.Peek() : null;
            var release = back ? past.ElementAt(1) : $"{application}-{++number}";
            if (!back) story.Release(application, release, $"{number + 0xabcde00:x}", outcome == 9 ? null : story.Now.AddMinutes(-lasts));
            story.Began(application, release, from, back ? RolloutKind.Rollback : RolloutKind.Deploy);
            if (!Finish(story, application, outcome, lasts)) continue;
            if (back) past.Pop();
            else past.Push(release);
        }
    }

    private static bool Finish(Story story, string application, int outcome, int lasts)
    {
        if (outcome is not (5 or 6)) story.After(lasts / 3.0).Stepped(application);
        switch (outcome)
        {
            case 0: story.After(lasts / 4.0).AbortStarted(application).After(1).Ended(application, Phase.RolledBack); break;
            case 1: story.After(lasts / 4.0).TookOver(application).After(1).AbortStarted(application).After(1).Ended(application, Phase.RolledBack); break;
            case 2: story.After(lasts / 4.0).Ended(application, Phase.Failed); break;
            case 3: story.After(lasts / 4.0).AbortStarted(application).After(2).Ended(application, Phase.Failed); break;
            case 4: break;
            case 5: story.After(1).AbortStarted(application).Ended(application, Phase.RolledBack); break;
            default: story.After(lasts / 2.0).TookOver(application).After(1).Ended(application, Phase.Succeeded); return true;
        }
        return false;
    }
}
