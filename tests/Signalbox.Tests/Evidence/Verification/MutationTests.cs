using System.Globalization;
using System.Text.Json;
using Signalbox.Evidence.Verification;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>
/// Changes valid bundles of every kind, one character or one byte at a time. Each change is refused, or it is proven to be one
/// of a value that decides nothing (<see cref="Equivalence"/>), and then every proven link and fact stays as it was.
/// </summary>
/// <remarks>
/// Every change takes minutes, so that a sample is made unless SIGNALBOX_EXHAUSTIVE=1; SIGNALBOX_SEED picks another.
/// SIGNALBOX_MUTATION_TABLE names a file that gets a row of numbers for each kind.
/// </remarks>
public sealed class MutationTests
{
    private const int Sample = 97;

    /// <summary>Real bundles differ little from each other: of all but the first of a builder only every twentieth change is made.</summary>
    private const int SampleOfReal = 20;

    private static readonly bool s_exhaustive = Environment.GetEnvironmentVariable("SIGNALBOX_EXHAUSTIVE") == "1";
    private static readonly int s_seed = int.TryParse(Environment.GetEnvironmentVariable("SIGNALBOX_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 1;
    private static readonly string? s_table = Environment.GetEnvironmentVariable("SIGNALBOX_MUTATION_TABLE");

    [Theory]
    [MemberData(nameof(LocalSamples.Names), MemberType = typeof(LocalSamples))]
    public void EveryChange_IsRefusedOrDecidesNothing(string name) => Hold(name, LocalSamples.Get(name), s_exhaustive ? 1 : Sample);

    [Fact]
    public void EveryChange_OfRealBundles_IsRefusedOrDecidesNothing()
    {
        Assert.SkipUnless(EvidenceCases.Exist, "../shared/evidence-cases is not beside the repository");
        var rows = EvidenceCases.Rows().Where(row => row.Expect == "ok").DistinctBy(row => row.Bundle).ToList();
        var firsts = rows.DistinctBy(row => row.Bundle.Split('/')[0]).ToList();
        foreach (var row in s_exhaustive ? rows : firsts)
            Hold(row.Bundle, new(EvidenceCases.Bundle(row.Bundle), EvidenceCases.TrustedRoot(), row.Policy) { Now = EvidenceCases.Now }, (s_exhaustive, firsts.Contains(row)) switch
            {
                (true, true) => 1,
                (true, false) => SampleOfReal,
                _ => Sample * SampleOfReal,
            });
    }

    private static void Hold(string name, LocalSample sample, int every)
    {
        var original = Report(sample.Verify());
        var tally = new MutationTally(name);
        foreach (var (mutant, isCharacter) in Some(sample.Bundle, every))
        {
            var result = (sample with { Bundle = mutant.Bytes }).Verify();
            var reason = result.Accepted ? Equivalence.Of(sample, mutant.Bytes) : null;
            tally.Count(isCharacter, mutant.Where, result.Accepted, Report(result) == original ? reason : null);
        }
        if (s_table is not null) File.AppendAllText(s_table, tally.Row + "\n");
        Assert.True(tally.Made > 0);
        Assert.True(tally.Wrong.Count == 0, $"{name}, seed {s_seed}: {tally.Wrong.Count} of {tally.Made} changes were accepted:\n{string.Join('\n', tally.Wrong.Take(20))}");
    }

    /// <summary>One of so many, at places that the seed says.</summary>
    private static IEnumerable<(Mutant Mutant, bool IsCharacter)> Some(byte[] bundle, int every)
    {
        var random = new Random(s_seed);
        var next = random.Next(every);
        foreach (var mutant in Mutants.OfCharacters(bundle).Select(mutant => (mutant, true)).Concat(Mutants.OfDecodedBytes(bundle).Select(mutant => (mutant, false))))
        {
            if (next-- > 0) continue;
            next = random.Next((2 * every) - 1);
            yield return mutant;
        }
    }

    // the format is what is not proven but read
    private static string Report(VerificationResult result) =>
        JsonSerializer.Serialize(VerificationReport.Of(result with { Steps = [.. result.Steps.Where(step => step.Link != "format")] }));
}

/// <summary>What became of the changes of one kind.</summary>
internal sealed class MutationTally(string name)
{
    private readonly SortedDictionary<string, int> _equivalent = new(StringComparer.Ordinal);
    private int _characters;
    private int _refused;

    public int Made { get; private set; }

    /// <summary>Those that were accepted and are not proven to mean the same.</summary>
    public List<string> Wrong { get; } = [];

    /// <summary>A row of a table in Markdown: kind, characters, decoded bytes, refused, and the classes of the rest.</summary>
    public string Row => string.Create(CultureInfo.InvariantCulture,
        $"| {name} | {_characters} | {Made - _characters} | {_refused} | {string.Join(", ", _equivalent.Select(known => string.Create(CultureInfo.InvariantCulture, $"{known.Value} {known.Key}")))} |");

    public void Count(bool isCharacter, string where, bool accepted, string? reason)
    {
        Made++;
        if (isCharacter) _characters++;
        if (!accepted) _refused++;
        else if (reason is not null) _equivalent[reason] = _equivalent.GetValueOrDefault(reason) + 1;
        else Wrong.Add(where);
    }
}
