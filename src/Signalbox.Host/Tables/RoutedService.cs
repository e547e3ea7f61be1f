using System.Text;
using Signalbox.Delivery;
using Signalbox.Host.Routing;
using Signalbox.Host.Supervision;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tables;

/// <summary>One service of a track as it is: its instances, its slot, its judge. Everything under the track's lock.</summary>
internal sealed partial class RoutedService : IDisposable
{
    private readonly string _track;
    private readonly HostParts _parts;
    private readonly Lock _gate;
    private readonly List<RoutedArm> _arms = [];
    private readonly List<RoutedArm> _retiring = [];

    public RoutedService(string track, ServiceTable table, HostParts parts, Lock gate)
    {
        (_track, Table, _parts, _gate) = (track, table with { Arms = [], Judge = null }, parts, gate);
        Slot = new(track, table.Service);
        _judging = new(track, table.Service, parts);
    }

    public ServiceTable Table { get; private set; }

    public Slot Slot { get; }

    /// <summary>Whether the host took the canary's weight away by itself.</summary>
    public bool Fallen { get; private set; }

    /// <summary>Whether an arm other than stable has weight in the table.</summary>
    public bool HasCanary => Table.Arms.Any(a => a.Revision != Table.Stable && a.Weight > Weight.Zero);

    /// <summary>Whether an arm other than stable has some of the traffic in the table, but not all.</summary>
    public bool IsSplit => Table.Arms.Any(a => a.Revision != Table.Stable && a.Weight > Weight.Zero && a.Weight < Weight.All);

    public bool StableReady => Table.Stable is { } stable && _arms.Any(a => a.Revision == stable && a.Ready > 0);

    public IEnumerable<RoutedInstance> Instances => _arms.Concat(_retiring).SelectMany(a => a.Instances);

    /// <summary>What follows a swap: retires the arms that left the table, starts what is missing, retires what is too many.</summary>
    public void Follow(IReadOnlyList<RoutedArm> left)
    {
        foreach (var arm in left) Retire(arm, arm.Instances.ToList(), Table.DrainTimeout);
        Scale();
    }

    /// <summary>Takes over a table's weights, without starting or stopping anything.</summary>
    /// <returns>The arms that are no longer in it, out of routing already.</returns>
    public IReadOnlyList<RoutedArm> Restore(ServiceTable table, bool fallen)
    {
        Table = table;
        var gone = _arms.Where(a => !table.Arms.Any(t => t.Revision == a.Revision && a.RunsAs(t))).ToList();
        foreach (var arm in gone) _arms.Remove(arm);
        foreach (var arm in table.Arms) KeepArm(arm);
        _judging.Take(table.Judge);
        Fall(fallen);
        TakeListener(table.Listen);
        return gone;
    }

    private void KeepArm(ArmTable table)
    {
        var arm = _arms.FirstOrDefault(a => a.Revision == table.Revision);
        if (arm is null) _arms.Add(new(table));
        else arm.Table = table;
    }

    /// <summary>Swaps to the fail-safe weights (or back to the table's).</summary>
    public void Fall(bool fallen)
    {
        Fallen = fallen && Table.Stable is not null;
        Reroute();
    }

    /// <summary>Attaches an instance that outlived an earlier host, where the table still asks for it.</summary>
    public bool TryAdopt(SupervisedInstance instance)
    {
        if (Instances.Any(i => i.Instance.Id == instance.Id)) return true;
        var arm = _arms.FirstOrDefault(a => a.Revision == instance.Spec.Revision);
        if (arm is null || instance.Phase is InstancePhase.Exited or InstancePhase.Stopping) return false;
        if (instance.Spec.Ordinal >= arm.Table.Instances || arm.Instances.Any(i => i.Instance.Spec.Ordinal == instance.Spec.Ordinal)) return false;
        Attach(arm, instance);
        return true;
    }

    /// <summary>Supervision says that something about an instance changed.</summary>
    public bool Refresh(SupervisedInstance instance)
    {
        if (Instances.FirstOrDefault(i => i.Instance.Id == instance.Id) is not { } routed) return false;
        if (routed.Refresh()) Reroute();
        routed.LetGo();
        if (instance.Phase == InstancePhase.Exited && instance.Spec.Kind != ServiceKind.Cron) Renew(routed);
        return true;
    }

    /// <summary>An instance that will not run again by itself makes room for a new one.</summary>
    private void Renew(RoutedInstance dead)
    {
        if (_arms.FirstOrDefault(a => a.Instances.Contains(dead)) is not { } arm) return;
        Retire(arm, [dead], TimeSpan.Zero);
        Scale(arm, Table);
    }

    /// <summary>Starts the missing instances and retires those that are too many.</summary>
    public void Scale()
    {
        foreach (var arm in _arms) Scale(arm, Table);
    }

    private void Scale(RoutedArm arm, ServiceTable table)
    {
        for (var ordinal = 0; ordinal < arm.Table.Instances; ordinal++)
            if (!arm.Instances.Any(i => i.Instance.Spec.Ordinal == ordinal)) Attach(arm, _parts.Instances.Start(SpecOf(arm.Table, ordinal)));
        var surplus = arm.Instances.Where(i => i.Instance.Spec.Ordinal >= arm.Table.Instances).ToList();
        if (surplus.Count > 0) Retire(arm, surplus, table.DrainTimeout);
    }

    private void Attach(RoutedArm arm, SupervisedInstance instance)
    {
        var routed = new RoutedInstance(instance);
        arm.Instances.Add(routed);
        if (routed.Refresh()) Reroute();
    }

    private InstanceSpec SpecOf(ArmTable arm, int ordinal) => new(
        _track, Table.Service, arm.Revision, ordinal, _parts.Instances.ArtifactDirectory(arm.Artifact),
        arm.Command, arm.Environment, arm.Health, arm.StopGrace, Table.Kind);

    private void Reroute()
    {
        var shares = EffectiveWeights.Of([.. _arms.Select(Capacity)]);
        for (var i = 0; i < _arms.Count; i++) _arms[i].Share = shares[i];
        var route = MakeRoute();
        Slot.Swap(route);
        if (route.Arms.Count > 0) _answerable.TrySetResult();
    }

    private ArmCapacity Capacity(RoutedArm arm)
    {
        var stable = arm.Revision == Table.Stable;
        var weight = !Fallen ? arm.Table.Weight.BasisPoints : stable ? Weight.Full : 0;
        return new(weight, arm.Ready, Math.Max(1, arm.Table.Instances), stable);
    }

    /// <summary>Canaries come first, so that a key that is at the canary stays there while the weight rises.</summary>
    private Route MakeRoute()
    {
        var below = 0;
        var arms = new List<RouteArm>(_arms.Count);
        foreach (var arm in _arms.Where(a => a.Share > 0).OrderBy(a => a.Revision == Table.Stable))
            arms.Add(new(arm.Arm, below += arm.Share, arm.ReadyBackends()));
        return new([.. arms], Table.Sticky, SecretOf(Table));
    }

    private static byte[] SecretOf(ServiceTable table)
    {
        var secret = table.SplitSecret ?? "";
        var bytes = new byte[secret.Length + 3];
        return Convert.TryFromBase64String(secret, bytes, out var length) ? bytes[..length] : Encoding.UTF8.GetBytes(secret);
    }

    public ServiceObservation Observe()
    {
        var arms = _arms.Select(a => a.Observe(a.Table.Instances)).Concat(_retiring.Select(a => a.Observe(0)));
        var user = _arms.Concat(_retiring).SelectMany(a => a.Instances).Select(i => i.Instance.Status.UserId).FirstOrDefault(u => u is not null);
        return new(Table.Service, [.. arms], _judging.Report, _listenError, user);
    }
}
