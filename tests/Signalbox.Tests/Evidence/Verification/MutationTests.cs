using System.Text.Json;
using Signalbox.Evidence.Verification;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>
/// Changes valid bundles of every kind, one character or one byte at a time. Each change is refused, or it is one of a
/// value that decides nothing: then every proven link and fact must stay as it was, and the value must be one of those listed.
/// </summary>
public sealed class MutationTests
{
    /// <summary>Every change takes minutes, so that by default one in this many is made, at places that differ from run to run.</summary>
    private static readonly int s_every = Environment.GetEnvironmentVariable("SIGNALBOX_EXHAUSTIVE") == "1" ? 1 : 97;

    /// <summary>
    /// What is not authenticated by design: names of keys; the certificates a time-stamp token brings beside the trusted
    /// ones; and, where the log made no promise, the time and the index over all shards that only the promise covers.
    /// </summary>
    private static readonly Dictionary<string, string[]> s_decideNothing = new(StringComparer.Ordinal)
    {
        ["message-timestamp-with-certificate"] = ["signedTimestamp", "integratedTime", "logIndex"],
        ["message-timestamp-without-promise"] = ["integratedTime", "logIndex"],
    };

    private static readonly string[] s_alwaysDecideNothing = ["keyid", "hint"];

    // versions 0.2 and 0.3 differ in how they carry a certificate alone
    private static bool MayDecideNothing(string name, string field) =>
        s_alwaysDecideNothing.Concat(s_decideNothing.GetValueOrDefault(name, [])).Contains(field)
        || (field == "mediaType" && (name.StartsWith("key-", StringComparison.Ordinal) || name.StartsWith("npm", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(LocalSamples.Names), MemberType = typeof(LocalSamples))]
    public void EveryChangedCharacter_IsRefusedOrDecidesNothing(string name) => Hold(name, Mutants.OfCharacters);

    [Theory]
    [MemberData(nameof(LocalSamples.Names), MemberType = typeof(LocalSamples))]
    public void EveryChangedByteOfADecodedValue_IsRefusedOrDecidesNothing(string name) => Hold(name, Mutants.OfDecodedBytes);

    [Fact]
    public void EveryChangedCharacter_OfRealBundles_IsRefusedOrDecidesNothing()
    {
        Assert.SkipUnless(EvidenceCases.Exist, "../shared/evidence-cases is not beside the repository");
        foreach (var row in EvidenceCases.Rows().Where(row => row.Expect == "ok").DistinctBy(row => row.Bundle).Take(s_every == 1 ? int.MaxValue : 4))
        {
            var sample = new LocalSample(EvidenceCases.Bundle(row.Bundle), EvidenceCases.TrustedRoot(), row.Policy) { Now = EvidenceCases.Now };
            Hold(row.Bundle, sample, Mutants.OfCharacters(sample.Bundle).Concat(Mutants.OfDecodedBytes(sample.Bundle)), s_every * 20);
        }
    }

    private static void Hold(string name, Func<byte[], IEnumerable<Mutant>> mutants)
    {
        var sample = LocalSamples.Get(name);
        Hold(name, sample, mutants(sample.Bundle), s_every);
    }

    private static void Hold(string name, LocalSample sample, IEnumerable<Mutant> mutants, int every)
    {
        var original = Report(sample.Verify());
        var wrong = new List<string>();
        var (made, equivalent, next) = (0, 0, Random.Shared.Next(every));
        foreach (var mutant in mutants)
        {
            if (next-- > 0) continue;
            next = Random.Shared.Next(2 * every - 1);
            made++;
            var result = (sample with { Bundle = mutant.Bundle }).Verify();
            if (!result.Accepted) continue;
            equivalent++;
            if (Report(result) != original || !MayDecideNothing(name, mutant.Field)) wrong.Add($"{mutant.Field}: {mutant.Where}");
        }
        TestContext.Current.SendDiagnosticMessage("{0}: {1} changes, {2} refused, {3} decide nothing", name, made, made - equivalent, equivalent);
        Assert.True(made > 0);
        Assert.True(wrong.Count == 0, $"{name}: {wrong.Count} of {made} changes were accepted:\n{string.Join('\n', wrong.Take(20))}");
    }

    // the format is what is not proven but read
    private static string Report(VerificationResult result) =>
        JsonSerializer.Serialize(VerificationReport.Of(result with { Steps = [.. result.Steps.Where(step => step.Link != "format")] }));
}
