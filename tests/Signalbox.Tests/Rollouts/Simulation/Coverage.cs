using System.Globalization;
using System.Text;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>What goes wrong in a simulated world.</summary>
internal enum Fault
{
    CallLost, TableLate, Crash, DiskFull, Conflict, StreamLost, HostDown, HostRestart, OldTable, LeaseRunsOut, LeaseFalls,
    StaleReport, CannotListen, ArtifactMissing, CannotPersist, InvalidTable, UnknownProtocol, StableFails, Commands, ClockSet,
}

/// <summary>
/// How often each fault struck in each phase. A pair that never came up is a failure of the simulator: what it does not
/// reach it does not hold.
/// </summary>
internal sealed class Coverage
{
    private static readonly Phase[] s_phases =
    [
        Phase.PreHook, Phase.Stopping, Phase.Starting, Phase.Checking, Phase.Previewing, Phase.Progressing, Phase.Paused, Phase.Promoting, Phase.Baking, Phase.PostHook,
        Phase.Aborting, Phase.Halted,
    ];

    private static readonly Fault[] s_faults = Enum.GetValues<Fault>();

    private readonly long[,] _counts = new long[Enum.GetValues<Phase>().Length, s_faults.Length];

    /// <summary>Pairs that cannot come up, each with its reason.</summary>
    public static string? WhyNot(Phase phase, Fault fault) => fault switch
    {
        Fault.LeaseFalls when phase is Phase.PreHook or Phase.Stopping or Phase.Starting or Phase.Checking or Phase.Previewing => "no canary has weight",
        Fault.LeaseFalls when phase is Phase.Baking or Phase.PostHook => "the canary has all traffic, nothing is split",
        Fault.LeaseFalls when phase is Phase.Halted => "halted holds, or has no canary weight left",
        Fault.CannotPersist when phase is Phase.Checking or Phase.Previewing => "its instances run already, so its tables raise nothing",
        Fault.CannotPersist when phase is Phase.PostHook => "the host took all that the hook presupposes before it began",
        Fault.CannotPersist when phase is Phase.Halted => "a halt raises nothing, so it needs no disk",
        _ => null,
    };

    public void Hit(Phase phase, Fault fault) => _counts[(int)phase, (int)fault]++;

    public void Add(Coverage other)
    {
        foreach (var phase in s_phases)
            foreach (var fault in s_faults) _counts[(int)phase, (int)fault] += other._counts[(int)phase, (int)fault];
    }

    public IReadOnlyList<string> Missing() =>
    [
        .. from phase in s_phases
           from fault in s_faults
           where _counts[(int)phase, (int)fault] == 0 && WhyNot(phase, fault) is null
           select $"{fault} in {phase}",
    ];

    /// <summary>A row a fault, a column a phase; a dash where the pair cannot come up.</summary>
    public string Table()
    {
        var text = new StringBuilder($"{"",-16}{string.Concat(s_phases.Select(phase => $"{phase,12}"))}\n");
        foreach (var fault in s_faults)
            text.Append($"{fault,-16}{string.Concat(s_phases.Select(phase => $"{Cell(phase, fault),12}"))}\n");
        return text.ToString();
    }

    private string Cell(Phase phase, Fault fault) =>
        _counts[(int)phase, (int)fault] is > 0 and var count ? count.ToString(CultureInfo.InvariantCulture) : WhyNot(phase, fault) is null ? "NEVER" : "-";
}
