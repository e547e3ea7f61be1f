
namespace Signalbox.Tests.Fuzz;

/// <summary>
/// Every reader on inputs that are damaged in many ways: it reads or refuses, soon and in bounded memory, and nothing else
/// comes out of it. A short, seeded round here; <c>bench/run.sh fuzz</c> goes on for as long as it is told to.
/// </summary>
public sealed class FuzzTests
{
    private const int Rounds = 150, RoundsOfEach = 20;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    /// <summary>What was found once, kept: tests/cases/fuzz/TARGET/NAME.</summary>
    public static TheoryData<string> Found => [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, file)).Order(StringComparer.Ordinal)];

    private static string Root => Path.Combine(Cases.Root, "tests", "cases", "fuzz");

    [Theory]
    [MemberData(nameof(Targets))]
    public void Damaged_IsReadOrRefused(string name)
    {
        var seeds = Seeds(name);
        Assert.NotEmpty(seeds);
        byte[][] others = [.. seeds.Select(seed => seed.Bytes)];
        foreach (var seed in seeds) Check(seed.Bytes, seed, $"{name}, whole");
        for (var round = 0; round < Rounds + (RoundsOfEach * seeds.Count); round++)
            if (seeds[round % seeds.Count] is var seed) Check(FuzzDamage.Of(seed.Bytes, others, new(round)), seed, $"{name}, seed {round}");
    }

    [Theory]
    [MemberData(nameof(Found))]
    public void WhatWasFound_IsReadOrRefused(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Root, file));
        foreach (var seed in Seeds(file.Split('/')[0])) Check(bytes, seed, file);
    }

    private static IReadOnlyList<FuzzSeed> Seeds(string name) => FuzzTargets.All.Single(target => target.Name == name).Seeds();

    private static void Check(byte[] bytes, FuzzSeed seed, string what)
    {
        var (began, before) = (ThreadTime.Used, GC.GetAllocatedBytesForCurrentThread());
        var fault = Record.Exception(() => Assert.NotEmpty(seed.Read(bytes)));
        Assert.True(fault is null, $"{what}: {fault}\n{Convert.ToBase64String(bytes.AsSpan(0, Math.Min(bytes.Length, 4000)))}");
        var took = ThreadTime.Used - began;
        Assert.True(took < FuzzTargets.MostTime, $"{what}: took {took} of the processor");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < FuzzTargets.MostMemory(bytes.Length), $"{what}: allocated {allocated:N0} bytes for {bytes.Length:N0}");
    }
}
