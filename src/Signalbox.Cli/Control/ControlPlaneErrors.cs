using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Signalbox.Api;
using Signalbox.Cli.Terminal;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Control;

/// <summary>What the control plane's refusals and silence look like at the command line.</summary>
internal static class ControlPlaneErrors
{
    public static SignalboxException NotRunning(Installation state) => new(ExitCode.Undecided, Finding.Error(
        "control-plane-down", "no control plane runs on this state directory", new(state.Path), "signalbox up"));

    public static SignalboxException Unreachable(Exception e) => new(ExitCode.Undecided, Finding.Error(
        "control-plane-unreachable", $"the control plane does not answer: {e.Message.TrimEnd('.')}", new("control plane"), "signalbox status"));

    /// <summary>An answer that is no such answer: of another version, most likely.</summary>
    public static SignalboxException Unread(string where, Exception? e) => new(ExitCode.Undecided, Finding.Error(
        "control-plane-version", $"the control plane's answer is not what {ProductVersion.Line} reads{(e is null ? "" : $": {e.Message.TrimEnd('.').ReplaceLineEndings(" ")}")}; expected a control plane of this version", new(where), "signalbox --version   # and the same of the control plane's"));

    public static SignalboxException WithoutKeys(string where) => new(ExitCode.Undecided, Finding.Error(
        "control-plane-version", "the control plane is older than --once and would make a release each time; nothing was made, expected one that makes releases under a key", new(where), "signalbox --version   # and the same of the control plane's"));

    /// <returns>Null where the body of a refusal is none of ours.</returns>
    public static Problem? ProblemOf(byte[] body)
    {
        try
        {
            return body.Length > 0 && JsonSerializer.Deserialize(body, Answers.Whole(ApiJson.Default.Problem)) is { } problem ? problem : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="where">Whose answer it is.</param>
    public static ControlPlaneRefusal Refused(HttpStatusCode status, Problem? problem, string where = "control plane")
    {
        var code = status switch
        {
            HttpStatusCode.BadRequest => ExitCode.Usage,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCode.Undecided,
            >= HttpStatusCode.InternalServerError => ExitCode.Undecided,
            // what could not be decided stops a release, and says that it is no clear no
            _ when problem?.Id is "gate-undecided" or "gates-changed" => ExitCode.Undecided,
            _ => ExitCode.No,
        };
        return problem?.Gates is { } gates ? new(status, code, GateText.Findings(gates)) : new(status, code, [problem is null
            ? Finding.Error("control-plane-refused", $"the control plane answered {(int)status}", new(where))
            : Finding.Error(problem.Id, problem.Message, new(where), problem.Help)]);
    }

    /// <summary>Whether it is the control plane that fails, so that the host may be asked in its place; a refusal is a refusal.</summary>
    public static bool IsAway(Exception e) =>
        e is HttpRequestException or HttpIOException or SocketException or ControlPlaneRefusal { Status: HttpStatusCode.ServiceUnavailable };
}

/// <summary>The control plane answered, with no.</summary>
internal sealed class ControlPlaneRefusal(HttpStatusCode status, int exitCode, IReadOnlyList<Finding> findings) : SignalboxException(exitCode, findings)
{
    public HttpStatusCode Status { get; } = status;
}
