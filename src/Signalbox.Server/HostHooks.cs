using System.Globalization;
using System.Text;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Gates;
using Signalbox.Gates.BuiltIn;
using Signalbox.Rollouts;
using Signalbox.Runtimes;

namespace Signalbox.Server;

/// <summary>Hooks run on the host, where the artifact lies, in the environment of the service they belong to and in no other.</summary>
/// <param name="policies">What is in force when the hook is due: a command that it forbids does not run, whenever the release was let in.</param>
internal sealed class HostHooks(IHostConnection host, ExpiringTexts outputs, PolicyBook policies) : IHookRunner
{
    public async Task<HookResult> RunAsync(TrackKey track, string rollout, string hook, Hook command, ReleasePlan plan, CancellationToken cancel)
    {
        var service = plan.Configuration.Services[0];
        if (HookPermission.Forbids(policies.LayersOf(track), plan.Configuration.Gates ?? [], command, service.Environment) is { } policy)
            return new(false, $"not run: {policy} does not name its command, or the service's env says what that starts", null);
        try
        {
            var result = await host.RunAsync(
                new(track.ToString(), service.Name, plan.Artifacts[service.Name], command.Command, EnvironmentOf(plan, service, hook), command.Timeout), cancel).ConfigureAwait(false);
            var name = $"{rollout}.{hook}";
            outputs.Keep(name, result.Output);
            var detail = result.Error is not null ? $"could not be started: {result.Error}"
                : result.TimedOut ? string.Create(CultureInfo.InvariantCulture, $"timed out after {command.Timeout.TotalSeconds:0.#} s")
                : result.Signal is { } signal ? $"ended by signal {signal}" : $"exit {result.ExitCode}";
            var succeeded = result is { ExitCode: 0, TimedOut: false };
            // what it printed may hold secrets, so that only its place is told
            if (!succeeded && result.Output.Length > 0) detail += $"; what it printed is in {outputs.FileOf(name)}";
            return new(succeeded, detail, result.Output.Length == 0 ? null : Digest.Of(Encoding.UTF8.GetBytes(result.Output)).Value);
        }
        catch (Exception error) when (error is HostUnreachableException or SignalboxException or IOException or OperationCanceledException)
        {
            return new(false, $"the host could not run it to its end: {error.Message}", null);
        }
    }

    /// <summary>A check is told where the new release alone is seen: <c>PREVIEW_URL</c>, or one a service where there are several.</summary>
    private static IReadOnlyDictionary<string, string> EnvironmentOf(ReleasePlan plan, ServiceConfiguration service, string hook)
    {
        if (hook != Phase.Checking.HookName() || plan.Configuration.Strategy.BlueGreen?.Preview is not { Count: > 0 } preview) return service.Environment;
        var told = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in service.Environment) told[name] = value;
        told["PREVIEW_URL"] = $"http://{preview.GetValueOrDefault(service.Name) ?? preview.Values.First()}";
        foreach (var (name, listen) in preview) told["PREVIEW_URL_" + name.ToUpperInvariant().Replace('-', '_')] = $"http://{listen}";
        return told;
    }
}
