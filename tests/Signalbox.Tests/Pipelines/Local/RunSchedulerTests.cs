using CsCheck;
using Signalbox.Delivery;
using Signalbox.Pipelines.Local;

namespace Signalbox.Tests.Pipelines.Local;

public sealed class RunSchedulerTests
{
    private static readonly JobOutcome[] s_ends = [JobOutcome.Succeeded, JobOutcome.Succeeded, JobOutcome.Succeeded, JobOutcome.Cached, JobOutcome.Gap, JobOutcome.Failed, JobOutcome.TimedOut];

    /// <summary>Any pipeline, any number of slots, any ends in any order, and a cancel at any moment.</summary>
    private static readonly Gen<(IReadOnlyList<PipelineJob> Jobs, int Slots, bool KeepGoing, int[] Draws, int CancelAt)> Runs =
        Gen.Select(RandomPipelines.Jobs, Gen.Int[1, 6], Gen.Bool, Gen.Int[0, 1_000_000].Array[80, 80], Gen.Int[-60, 40]);

    [Fact]
    public void AnyRun_NeverBeginsBeforeItsNeeds_NeverHasMoreThanItsSlots_AndEnds() => Runs.Sample(run =>
    {
        var plan = RandomPipelines.Plan(run.Jobs);
        var scheduler = new RunScheduler(plan, run.Slots, plan.Remaining(_ => 1), run.KeepGoing);
        var (running, skipped, began) = (new List<int>(), new List<int>(), new HashSet<int>());
        for (var turn = 0; !scheduler.Finished; turn++)
        {
            Assert.True(turn < 200, "the run does not end");
            if (turn == run.CancelAt) scheduler.Cancel();
            while (scheduler.Next() is { } job)
            {
                Assert.All(plan.Jobs[job].Needs, need => Assert.NotNull(scheduler.OutcomeOf(need)));
                Assert.True(began.Add(job));
                Assert.False(scheduler.Cancelled);
                running.Add(job);
                Assert.InRange(running.Count, 1, run.Slots);
            }
            skipped.AddRange(scheduler.TakeSkipped());
            if (running.Count == 0) continue;
            var at = run.Draws[turn % 80] % running.Count;
            scheduler.Ended(running[at], s_ends[run.Draws[(turn + 7) % 80] % s_ends.Length]);
            running.RemoveAt(at);
        }
        skipped.AddRange(scheduler.TakeSkipped());
        Assert.Empty(running);
        Assert.Equal(plan.Jobs.Count, began.Count + skipped.Count);
        Assert.Equal(skipped.Count, skipped.Distinct().Count());
        foreach (var job in plan.Jobs.Where(job => began.Contains(job.Index))) AssertAllowed(job, scheduler);
        if (!scheduler.Cancelled && !scheduler.Stopping)
            foreach (var job in plan.Jobs.Where(job => !began.Contains(job.Index))) Assert.False(Wanted(job, scheduler), $"{job.Id} was left out");
    }, iter: 20_000);

    [Fact]
    public void Next_GivesTheLongestWayFirst_AndOfEqualsTheFirstOfTheFile()
    {
        PipelineJob[] jobs = [Job("short"), Job("first"), Job("long"), Job("after", "long")];
        var plan = RandomPipelines.Plan(jobs);
        var scheduler = new RunScheduler(plan, 10, plan.Remaining(_ => 5), keepGoing: false);
        Assert.Equal(["long", "short", "first"], Drain(scheduler).Select(job => plan.Jobs[job].Id));
    }

    [Fact]
    public void AFailure_StopsWhatHasNotBegun_ButNotWhatIsMeantForFailures()
    {
        PipelineJob[] jobs = [Job("build"), Job("other"), Job("test", "build"), Job("tell", "build") with { When = JobWhen.Failure }, Job("clean", "test") with { When = JobWhen.Always }];
        var plan = RandomPipelines.Plan(jobs);
        var scheduler = new RunScheduler(plan, 1, plan.Remaining(_ => 1), keepGoing: false);
        Assert.Equal(0, scheduler.Next());
        scheduler.Ended(0, JobOutcome.Failed);
        Assert.Equal(["tell", "clean"], Names(plan, DrainEnding(scheduler)).Order().Reverse());
        Assert.Equal([1, 2], scheduler.TakeSkipped().Order());
    }

    [Fact]
    public void KeepGoing_EndsWhatDoesNotNeedTheFailure()
    {
        PipelineJob[] jobs = [Job("build"), Job("other"), Job("test", "build"), Job("more", "other")];
        var plan = RandomPipelines.Plan(jobs);
        var scheduler = new RunScheduler(plan, 1, plan.Remaining(_ => 1), keepGoing: true);
        Assert.Equal(0, scheduler.Next());
        scheduler.Ended(0, JobOutcome.Failed);
        Assert.Equal(["other", "more"], Names(plan, DrainEnding(scheduler)));
        Assert.Equal(JobOutcome.Skipped, scheduler.OutcomeOf(2));
    }

    [Fact]
    public void Plan_MakesEachCombinationAJob_AndNeedsAllOfThem()
    {
        PipelineJob[] jobs =
        [
            Job("build") with { Matrix = [new("OS", ["a", "b"]), new("V", ["1", "2"])] },
            Job("test", "build"),
            Job("tidy") with { When = JobWhen.Manual },
            Job("live") with { Branches = ["main", "release/*"] },
        ];
        var plan = RunPlan.Of(jobs, [], "release/2", _ => []);
        Assert.Equal(["build (OS=a, V=1)", "build (OS=a, V=2)", "build (OS=b, V=1)", "build (OS=b, V=2)", "test", "live"], plan.Jobs.Select(job => job.Id));
        Assert.Equal([0, 1, 2, 3], plan.Jobs[4].Needs);
        Assert.Equal(["tidy"], plan.LeftOut);
        Assert.Equal(["tidy", "live"], RunPlan.Of(jobs, ["test"], null, _ => []).LeftOut);
        Assert.Equal(["tidy"], RunPlan.Of(jobs, ["tidy"], null, _ => []).Jobs.Select(job => job.Id));
    }

    /// <summary>Each combination's files are its own when it ends; what makes none runs beside others.</summary>
    [Theory]
    [InlineData("out", null, null, 1)]
    [InlineData(null, "junit.xml", null, 1)]
    [InlineData(null, null, "coverage.xml", 1)]
    [InlineData(null, null, null, 3)]
    public void CombinationsThatMakeTheSameFiles_RunOneAfterTheOther(string? output, string? tests, string? coverage, int atOnce)
    {
        PipelineJob[] jobs = [Job("a") with { Matrix = [new("N", ["1", "2", "3"])], Outputs = Of(output), Tests = Of(tests), Coverage = Of(coverage) }, Job("b")];
        var plan = RandomPipelines.Plan(jobs);
        var scheduler = new RunScheduler(plan, 10, plan.Remaining(_ => 1), keepGoing: false);
        var begun = Drain(scheduler);
        Assert.Equal(atOnce + 1, begun.Count);
        Assert.Contains("b", Names(plan, begun));
        while (begun.Count > 0)
        {
            scheduler.Ended(begun[0], JobOutcome.Succeeded);
            begun.RemoveAt(0);
            begun.AddRange(Drain(scheduler));
        }
        Assert.True(scheduler.Finished);
    }

    private static IReadOnlyList<string> Of(string? pattern) => pattern is null ? [] : [pattern];

    private static PipelineJob Job(string name, params string[] needs) => new() { Name = name, Run = "true", Needs = needs };

    private static IEnumerable<string> Names(RunPlan plan, IEnumerable<int> jobs) => jobs.Select(job => plan.Jobs[job].Id);

    private static List<int> Drain(RunScheduler scheduler)
    {
        var given = new List<int>();
        while (scheduler.Next() is { } job) given.Add(job);
        return given;
    }

    private static List<int> DrainEnding(RunScheduler scheduler)
    {
        var given = new List<int>();
        while (scheduler.Next() is { } job)
        {
            given.Add(job);
            scheduler.Ended(job, JobOutcome.Succeeded);
        }
        return given;
    }

    private static void AssertAllowed(PlannedJob job, RunScheduler scheduler) => Assert.True(Wanted(job, scheduler), $"{job.Id} began");

    private static bool Wanted(PlannedJob job, RunScheduler scheduler) => job.Job.When switch
    {
        JobWhen.Always => true,
        JobWhen.Failure => job.Needs.Any(need => scheduler.OutcomeOf(need)!.Value.IsFailure()),
        _ => job.Needs.All(need => scheduler.OutcomeOf(need)!.Value.Passes()),
    };
}
