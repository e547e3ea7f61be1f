using System.Net;
using Signalbox.Api;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Control;

/// <summary>What the control plane's refusals and silence look like at the command line.</summary>
internal static class ControlPlaneErrors
{
    public static SignalboxException NotRunning(Installation state) => new(ExitCode.Undecided, Finding.Error(
        "control-plane-down", "no control plane runs on this state directory", new(state.Path), "signalbox up"));

    public static SignalboxException Unreachable(Exception e) => new(ExitCode.Undecided, Finding.Error(
        "control-plane-unreachable", $"the control plane does not answer: {e.Message.TrimEnd('.')}", new("control plane"), "signalbox status"));

    public static SignalboxException Refused(HttpStatusCode status, Problem? problem)
    {
        var code = status switch
        {
            HttpStatusCode.BadRequest => ExitCode.Usage,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCode.Undecided,
            >= HttpStatusCode.InternalServerError => ExitCode.Undecided,
            _ => ExitCode.No,
        };
        return new(code, problem is null
            ? Finding.Error("control-plane-refused", $"the control plane answered {(int)status}", new("control plane"))
            : Finding.Error(problem.Id, problem.Message, new("control plane"), problem.Help));
    }
}
