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
    private readonly ServiceFall _fall = new();
    private readonly GapClock _gap;
    private long _generation;

    public RoutedService(string track, ServiceTable table, HostParts parts, Lock gate)
    {
        (_track, Table, _parts, _gate) = (track, table with { Arms = [], Judge = null }, parts, gate);
        Slot = new(track, table.Service);
        (_address, _nextAddress) = (new(Slot, parts.Listeners), new(Slot, parts.Listeners));
        _previewAddress = new(new(track, $"the preview of {table.Service}"), parts.Listeners);
        _gap = new(parts.Time);
        _judging = new(track, table.Service, parts);
    }

    public ServiceTable Table { get; private set; }

    public Slot Slot { get; }

    /// <summary>Whether the host took the canary's weight away by itself. It stays away, even if stable is lost again.</summary>
    public bool Fallen => _fall.IsDown;

    /// <summary>Whether an arm other than stable has weight in the table.</summary>
    public bool HasCanary => Table.Arms.Any(a => a.Revision != Table.Stable && a.Weight > Weight.Zero);

    /// <summary>Whether an arm other than stable has some of the traffic in the table, but not all.</summary>
    public bool IsSplit => Table.Arms.Any(a => a.Revision != Table.Stable && a.Weight > Weight.Zero && a.Weight < Weight.All);

    public IEnumerable<RoutedInstance> Instances => _arms.Concat(_retiring).SelectMany(a => a.Instances);

    /// <summary>Takes over a table, but for what is seen from outside: that is the route's swap and what follows it.</summary>
    /// <param name="generation">Of the table.</param>
    public PreparedRoute Prepare(ServiceTable table, FallOrder order, long generation)
    {
        (Table, _generation) = (table, generation);
        AskFor(table);
        var gone = _arms.Where(a => !table.Arms.Any(t => t.Revision == a.Revision && a.RunsAs(t))).ToList();
        foreach (var arm in gone) _arms.Remove(arm);
        foreach (var arm in table.Arms) KeepArm(arm);
        _fall.Take(order);
        return new(this, MakeRoute(), PreviewRoute(), gone);
    }

    /// <summary>What follows the swap, but for starting and stopping too many or too few instances.</summary>
    public void Settle(PreparedRoute swapped)
    {
        _judging.Take(Table.Judge);
        SettleAddresses();
        foreach (var arm in swapped.Left) Retire(arm, arm.Instances.ToList(), arm.DrainTimeout);
        AnswerOnceRouted(swapped.Route);
    }

    private void KeepArm(ArmTable table)
    {
        var arm = _arms.FirstOrDefault(a => a.Revision == table.Revision);
        if (arm is null) _arms.Add(new(table, Table));
        else arm.Take(table, Table);
    }

    /// <summary>Swaps to the fail-safe weights, now or once stable can carry them.</summary>
    public void Fall(FallOrder order)
    {
        _fall.Take(order);
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
        if (instance.Phase == InstancePhase.Exited) Ended(routed);
        return true;
    }

    /// <summary>An instance that will not run again by itself makes room for a new one.</summary>
    private void Ended(RoutedInstance dead)
    {
        dead.End();
        if (_arms.FirstOrDefault(a => a.Instances.Contains(dead)) is not { } arm) return;
        arm.Learn(dead.Instance);
        Retire(arm, [dead], TimeSpan.Zero);
        Scale(arm);
    }

    /// <summary>Starts the missing instances and retires those that are too many.</summary>
    public void Scale()
    {
        foreach (var arm in _arms) Scale(arm);
    }

    private void Scale(RoutedArm arm)
    {
        // a cron's instance is a run, which its schedule starts
        for (var ordinal = 0; !arm.IsCron && ordinal < arm.Table.Instances; ordinal++)
            if (!arm.Instances.Any(i => i.Instance.Spec.Ordinal == ordinal)) Attach(arm, _parts.Instances.Start(SpecOf(arm, ordinal)));
        var surplus = arm.Instances.Where(i => i.Instance.Spec.Ordinal >= arm.Table.Instances).ToList();
        if (surplus.Count > 0) Retire(arm, surplus, arm.DrainTimeout);
    }

    private void Attach(RoutedArm arm, SupervisedInstance instance)
    {
        var routed = new RoutedInstance(instance);
        arm.Instances.Add(routed);
        if (routed.Refresh()) Reroute();
    }

    private InstanceSpec SpecOf(RoutedArm arm, int ordinal) => new(
        _track, Table.Service, arm.Revision, ordinal, _parts.Instances.ArtifactDirectory(arm.Table.Artifact),
        arm.Table.Command, arm.Table.Environment, arm.Table.Health, arm.Table.StopGrace, arm.Kind);

    private void Reroute()
    {
        var route = MakeRoute();
        Swap(route, PreviewRoute());
        AnswerOnceRouted(route);
    }

    /// <summary>The switch, and nothing else that takes time.</summary>
    public void Swap(Route route, Route preview)
    {
        Slot.Swap(route);
        _previewAddress.Slot.Swap(preview);
        if (_gap.Swapped(route, _generation)) _parts.Hub.Changed(_track);
    }

    /// <summary>
    /// After a restart of the host, whichever instance answers its probe first must not get what is stable's: who waits in
    /// the kernel's queue is let in before the end of adoption only where stable can carry its share.
    /// </summary>
    private void AnswerOnceRouted(Route route)
    {
        if (Table.Stable is null ? route.Arms.Count > 0 : route.Arms.Any(a => a.Arm.Revision == Table.Stable)) Answer();
    }

    private ArmCapacity Capacity(RoutedArm arm) => new(
        arm.Table.Weight.BasisPoints, arm.Ready, Table.FullLoadOf(arm.Table), arm.Revision == Table.Stable, MayHelpOut: !_fall.Condemned);

    /// <summary>The table's weights, less what a fall has taken from the canaries; stable gets that.</summary>
    private ArmCapacity[] Capacities()
    {
        ArmCapacity[] arms = [.. _arms.Select(Capacity)];
        var stable = Array.FindIndex(arms, arm => arm.Stable);
        _fall.Follow(stable < 0 ? null : arms[stable]);
        if (!_fall.IsUnderWay) return arms;
        for (var i = 0; i < arms.Length; i++)
            if (i != stable) arms[i] = arms[i] with { Weight = _fall.Limit(arms[i].Weight) };
        if (stable >= 0) arms[stable] = arms[stable] with { Weight = Weight.Full - arms.Where((_, i) => i != stable).Sum(arm => arm.Weight) };
        return arms;
    }

    /// <summary>
    /// Where requests go with the instances that are ready now. Canaries come first, so that a key that is at the canary
    /// stays there while the weight rises.
    /// </summary>
    private Route MakeRoute()
    {
        var shares = EffectiveWeights.Of(Capacities());
        for (var i = 0; i < _arms.Count; i++) _arms[i].Share = shares[i];
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
        var now = _parts.Time.GetUtcNow();
        var arms = _arms.Select(a => a.Observe(now)).Concat(_retiring.Select(a => a.Observe(0, now)));
        var user = _arms.Concat(_retiring).SelectMany(a => a.Instances).Select(i => i.Instance.Status.UserId).FirstOrDefault(u => u is not null);
        return new(Table.Service, [.. arms], _judging.Report, _address.Error ?? _nextAddress.Error ?? _previewAddress.Error, user, _gap.Last);
    }
}
