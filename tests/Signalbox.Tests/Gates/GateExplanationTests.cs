namespace Signalbox.Tests.Gates;

/// <summary>
/// What each gate says, word by word, in each situation that it tells apart: the verdict, whom it is handed to, and every line with its
/// help and its evidence. <c>tests/cases/gates</c> has a file for each gate.
/// </summary>
public sealed class GateExplanationTests
{
    public static TheoryData<string> Gates => [.. GateSituations.All.Keys];

    [Theory]
    [MemberData(nameof(Gates))]
    public void Explanation_InEachSituation_IsWhatTheFileHas(string gate) =>
        Cases.Verify(Path.Combine(Cases.Root, "tests", "cases", "gates", $"{gate}.txt"), string.Concat(GateSituations.All[gate].Select(situation => situation.Told(gate))));
}
