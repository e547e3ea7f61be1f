using System.Globalization;
using System.Text;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Diagnostics;
using Signalbox.Gates;
using Signalbox.Runtimes;

namespace Signalbox.Server;

/// <summary>
/// A policy's own commands run on the host as hooks do: in a process group and, where possible, a user of their own, with
/// limits of time and output, and with what is named here in their environment and nothing of the control plane's.
/// </summary>
internal sealed class HostGates(IHostConnection host, ExpiringTexts outputs) : ICustomGates
{
    public async Task<CustomResult> RunAsync(GateQuestion question, string layer, CustomGate gate, CancellationToken cancel)
    {
        var service = question.Configuration.Services[0];
        try
        {
            if (!question.Release.Artifacts.TryGetValue(service.Name, out var artifact)) return new(layer, gate.Name, null, $"{service.Name} has no artifact", null);
            var result = await host.RunAsync(
                new(question.Track.ToString(), service.Name, artifact, gate.Command, EnvironmentOf(question, gate), gate.Timeout), cancel).ConfigureAwait(false);
            outputs.Keep($"{question.Release.Id}.{question.Configuration.Name}.{gate.Name}", result.Output);
            var detail = result.Error is not null ? $"could not be started: {result.Error}"
                : result.TimedOut ? string.Create(CultureInfo.InvariantCulture, $"timed out after {gate.Timeout.TotalSeconds:0.#} s")
                : result.Signal is { } signal ? $"ended by signal {signal}" : $"exit {result.ExitCode}";
            return new(layer, gate.Name, result is { TimedOut: false, Error: null } ? result.ExitCode : null, detail, result.Output.Length == 0 ? null : Digest.Of(Encoding.UTF8.GetBytes(result.Output)).Value);
        }
        catch (Exception error) when (error is HostUnreachableException or SignalboxException or IOException or OperationCanceledException)
        {
            return new(layer, gate.Name, null, $"the host could not run it to its end: {error.Message}", null);
        }
    }

    private static Dictionary<string, string> EnvironmentOf(GateQuestion question, CustomGate gate) => new(StringComparer.Ordinal)
    {
        ["SIGNALBOX_GATE"] = gate.Name,
        ["SIGNALBOX_APPLICATION"] = question.Release.Application,
        ["SIGNALBOX_ENVIRONMENT"] = question.Configuration.Name,
        ["SIGNALBOX_RELEASE"] = question.Release.Id,
        ["SIGNALBOX_RELEASE_DIGEST"] = ReleaseDigest.Of(question.Release).Value,
        ["SIGNALBOX_CONFIGURATION_DIGEST"] = ConfigurationDigest.Of(question.Configuration).Value,
        ["SIGNALBOX_SUBMITTER"] = question.Submitter.Name,
        ["SIGNALBOX_COMMIT"] = question.Release.Source?.Commit ?? "",
    };
}
