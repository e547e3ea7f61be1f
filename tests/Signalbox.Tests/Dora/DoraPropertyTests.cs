using System.Text.Json;
using CsCheck;
using Signalbox.Api;
using Signalbox.Dora;

namespace Signalbox.Tests.Dora;

public sealed class DoraPropertyTests
{
    private static readonly DateTimeOffset s_start = Story.Start;

    private static readonly Gen<DateTimeOffset> s_at = Gen.Int[0, 30 * 24 * 60].Select(minutes => s_start.AddMinutes(minutes));

    private static readonly Gen<Deployment> s_deployment = Gen.Select(
        s_at, Gen.Int[0, 300], Gen.Int[0, 300], Gen.Enum<DeploymentOutcome>(), Gen.Bool, Gen.Int[1, 4], Gen.Int[0, 3],
        (began, exposed, took, outcome, rollback, release, shape) => new Deployment("", shape == 3 ? "cart" : "shop", "production", $"shop-{release}", null, rollback, shape == 1, false, began)
        {
            ExposedAt = shape == 2 ? null : began.AddMinutes(exposed),
            TookOverAt = outcome == DeploymentOutcome.Succeeded ? began.AddMinutes(exposed + took) : null,
            EndedAt = outcome == DeploymentOutcome.Open ? null : began.AddMinutes(exposed + took),
            AbortedAt = outcome == DeploymentOutcome.TakenBack ? began.AddMinutes(exposed) : null,
            Outcome = outcome,
            Changes = [new($"abcdef{release}", shape == 0 ? null : began.AddMinutes(exposed - 200))],
            Traffic = new Dictionary<string, Traffic> { ["web"] = new(exposed, took) },
        });

    private static readonly Gen<Incident> s_incident = Gen.Select(s_at, Gen.Int[-1, 500], Gen.Int[0, 4], (at, length, release) =>
        new Incident("i", "shop", "production", release == 0 ? null : $"shop-{release}", at, length < 0 ? null : at.AddMinutes(length)));

    private static readonly Gen<DoraFacts> s_facts = Gen.Select(s_deployment.Array[0, 25], s_incident.Array[0, 5], (deployments, incidents) => new DoraFacts(
        [.. deployments.Select((deployment, i) => deployment with { Id = $"d{i}" })], [.. incidents.Select((incident, i) => incident with { Id = $"i{i}" })], [], [],
        deployments.Length == 0 ? null : deployments.Min(deployment => deployment.StartedAt)));

    private static DoraView Of(DoraFacts facts, DateTimeOffset from, DateTimeOffset to) => DoraReport.Of(facts, new(null, "production", from, to), "0:0");

    [Fact]
    public void Report_WhateverTheOrderOfTheFacts_IsTheSame() => Gen.Select(s_facts, Gen.Int).Sample((facts, seed) =>
    {
        var random = new Random(seed);
        var shuffled = facts with { Deployments = [.. facts.Deployments.OrderBy(_ => random.Next())], Incidents = [.. facts.Incidents.OrderBy(_ => random.Next())] };
        Assert.Equal(Text(Of(facts, s_start, s_start.AddDays(30))), Text(Of(shuffled, s_start, s_start.AddDays(30))));
    });

    [Fact]
    public void Report_WhateverTheFacts_IsNeverNanNorOutOfBounds() => Gen.Select(s_facts, s_at, Gen.Int[1, 60 * 24 * 40]).Sample((facts, from, minutes) =>
    {
        var view = Of(facts, from, from.AddMinutes(minutes));
        foreach (var (value, numerator, denominator, unit) in view.Keys.Select(key => (key.Value, key.Numerator, key.Denominator, key.Unit))
                     .Concat(view.Keys.SelectMany(key => key.Trend.Select(week => (week.Value, week.Numerator, week.Denominator, key.Unit)))))
        {
            Assert.True(double.IsFinite(numerator) && double.IsFinite(denominator) && numerator >= 0 && denominator >= 0);
            Assert.True(value is null or >= 0 && double.IsFinite(value ?? 0));
            Assert.True(unit != "share" || value is null or <= 1);
        }
        Assert.All(view.Principles, principle => Assert.True(principle.Share is null or >= 0 and <= 1));
    });

    [Fact]
    public void Counts_OfAWindowCutInTwo_AddUp() => Gen.Select(s_facts, Gen.Int[1, 30 * 24 * 60]).Sample((facts, cut) =>
    {
        var (from, middle, to) = (s_start, s_start.AddMinutes(cut), s_start.AddDays(31));
        var (whole, first, second) = (Of(facts, from, to), Of(facts, from, middle), Of(facts, middle, to));
        for (var i = 0; i < whole.Keys.Count; i++)
        {
            Assert.Equal(whole.Keys[i].Numerator, first.Keys[i].Numerator + second.Keys[i].Numerator);
            if (whole.Keys[i].Unit != "perDay") Assert.Equal(whole.Keys[i].Denominator, first.Keys[i].Denominator + second.Keys[i].Denominator);
        }
    });

    [Fact]
    public void Trend_OfAnyWindow_CoversItWithoutGapOrOverlap() => Gen.Select(s_at, Gen.Int[1, 371 * 24]).Sample((from, hours) =>
    {
        var trend = Of(DoraFacts.None, from, from.AddHours(hours)).Keys[0].Trend;
        Assert.Equal(from, trend[0].From);
        Assert.Equal(from.AddHours(hours), trend[^1].To);
        for (var i = 1; i < trend.Count; i++) Assert.Equal((trend[i - 1].To, TimeSpan.FromDays(7)), (trend[i].From, trend[i].To - trend[i].From));
    });

    private static string Text(DoraView view) => JsonSerializer.Serialize(view, ApiJson.Default.DoraView);
}
