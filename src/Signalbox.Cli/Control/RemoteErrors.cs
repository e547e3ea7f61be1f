using System.Security.Authentication;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Control;

/// <summary>What keeps a control plane elsewhere from answering, or shows that something else does.</summary>
internal static class RemoteErrors
{
    /// <summary>Every answer of the API but a refusal has it, so that a page of a proxy, or another service, is told apart.</summary>
    public const string VersionHeader = "X-Signalbox-Version";

    /// <summary>No answer, or none in time.</summary>
    public static Exception Away(ControlPlaneUrl url, Exception e) => Inner<AuthenticationException>(e) is { } refused
        ? new SignalboxException(ExitCode.Undecided, Finding.Error("control-plane-certificate",
            $"the control plane does not prove who it is: {Innermost(refused)}; expected a certificate for {url.Address.IdnHost} that this machine trusts", new(url.Shown), $"SSL_CERT_FILE=ca.pem signalbox status --url {url.Shown}"))
        : Unreachable(url, $"the control plane does not answer: {Innermost(e)}", e);

    public static RemoteUnreachableException TooSlow(ControlPlaneUrl url, TimeSpan patience) => Unreachable(url, $"the control plane did not answer within {patience.TotalSeconds:0} s", null);

    /// <returns>Null where it is a control plane that answers.</returns>
    public static Exception? OfStatus(ControlPlaneUrl url, int status, string? media, string? version) => status switch
    {
        >= 300 and < 400 => new SignalboxException(ExitCode.Undecided, Finding.Error("control-plane-redirects",
            $"what is there answers {status} and sends on elsewhere, where no token is taken to; expected the control plane's own address", new(url.Shown), $"curl -sSI {url.Shown}/healthz   # says where to: then set {ControlPlaneUrl.Variable}")),
        _ when version is not null => null,
        413 when media != "application/json" => new SignalboxException(ExitCode.Undecided, Finding.Error("proxy-body-too-large",
            "what stands before the control plane takes no body as large as this one", new(url.Shown), "client_max_body_size 0;   # in nginx, at the control plane's location")),
        >= 500 when media != "application/json" => Unreachable(url, $"what stands before the control plane answers {status}: it does not reach it", null),
        >= 400 when media == "application/json" => null,
        _ => new SignalboxException(ExitCode.Undecided, Finding.Error("control-plane-foreign",
            $"what is there answers {status} with {media ?? "nothing"}, and is no control plane of Signalbox; expected one", new(url.Shown), $"curl -sS {url.Shown}/healthz")),
    };

    private static RemoteUnreachableException Unreachable(ControlPlaneUrl url, string message, Exception? inner) =>
        new(new(ExitCode.Undecided, Finding.Error("control-plane-unreachable", message, new(url.Shown), $"curl -sS {url.Shown}/healthz")), inner);

    private static T? Inner<T>(Exception? e) where T : Exception => e is null or T ? (T?)e : Inner<T>(e.InnerException);

    private static string Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e.Message.TrimEnd('.').ReplaceLineEndings(" ");
}

/// <summary>There is no answer now; one who follows a rollout asks again for a while.</summary>
internal sealed class RemoteUnreachableException(SignalboxException refusal, Exception? inner) : HttpRequestException(refusal.Message, inner)
{
    public SignalboxException Refusal { get; } = refusal;
}
