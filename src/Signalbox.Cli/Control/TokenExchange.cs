using System.Text.Json;
using Signalbox.Api;
using Signalbox.Diagnostics;
using Signalbox.Outbound;

namespace Signalbox.Cli.Control;

/// <summary>Gets a short-lived token for the one that a CI job has of its own platform (docs/identities.md).</summary>
internal sealed class TokenExchange(ControlPlaneUrl url, JobCredentials given)
{
    private const int MostBytes = 64 << 10;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private string Audience => given.Audience ?? url.Shown;

    /// <exception cref="SignalboxException">The job has no token, or it is not taken; exit code 3.</exception>
    public async Task<TokenCreated> RunAsync(CancellationToken cancel)
    {
        var identity = given.IdToken ?? await AskAsync(cancel).ConfigureAwait(false);
        var request = new OutboundRequest(HttpMethod.Post, new(url.Address, "api/v1/tokens/exchange"), MostBytes, s_patience)
        {
            Content = JsonSerializer.SerializeToUtf8Bytes(new ExchangeToken(identity), ApiJson.Default.ExchangeToken),
            ContentType = "application/json",
        };
        var answer = await SendAsync(request, e => RemoteErrors.Away(url, e), cancel).ConfigureAwait(false);
        if (RemoteErrors.OfStatus(url, answer.Status, answer.ContentType, answer.Header(RemoteErrors.VersionHeader.ToLowerInvariant())) is { } foreign) throw foreign;
        if (answer.Status == 201 && Parse(answer.Body, ApiJson.Default.TokenCreated) is { Token: { } token, View: not null } created)
            return created with { Token = RemoteToken.Checked(token, url.Shown) };
        throw answer.IsSuccess ? ControlPlaneErrors.Unread(url.Shown, null) : ControlPlaneErrors.Refused((System.Net.HttpStatusCode)answer.Status, ControlPlaneErrors.ProblemOf(answer.Body), url.Shown);
    }

    /// <summary>GitHub gives a job as many as it asks for, each for one audience (docs.github.com, "OpenID Connect reference").</summary>
    private async Task<string> AskAsync(CancellationToken cancel)
    {
        if (!given.CanAsk) throw None();
        if (!Uri.TryCreate($"{given.RequestUrl}&audience={Uri.EscapeDataString(Audience)}", UriKind.Absolute, out var address)) throw NotGiven("the runner's address for it is none");
        var request = OutboundRequest.Get(address, MostBytes, s_patience) with { Authorization = $"Bearer {given.RequestToken}" };
        var answer = await SendAsync(request, e => e.Failure is OutboundFailure.Unreachable or OutboundFailure.TooSlow ? NotNow(e.Message, e) : NotGiven(e.Message), cancel).ConfigureAwait(false);
        if (answer.Status is >= 500 or 429) throw NotNow($"{address.Host} answered {answer.Status}", null);
        if (!answer.IsSuccess) throw NotGiven($"{address.Host} answered {answer.Status}");
        return Value(answer.Body) ?? throw NotGiven($"{address.Host} answered without one");
    }

    private static async Task<OutboundAnswer> SendAsync(OutboundRequest request, Func<OutboundException, Exception> otherwise, CancellationToken cancel)
    {
        using var client = new OutboundClient(OutboundRules.Naming(request.Address));
        try
        {
            return await client.SendAsync(request, cancel).ConfigureAwait(false);
        }
        catch (OutboundException e)
        {
            throw otherwise(e);
        }
    }

    private static T? Parse<T>(byte[] body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, Answers.Whole(type));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Value(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static SignalboxException NotGiven(string why) => new(ExitCode.Undecided, Finding.Error(
        "id-token-refused", $"GitHub gave the job no token of its own: {why}", new("ACTIONS_ID_TOKEN_REQUEST_URL"), "permissions: { id-token: write }   # at the job"));

    /// <summary>It may give one later: who follows a rollout asks again.</summary>
    private static RemoteUnreachableException NotNow(string why, Exception? inner) => new(NotGiven(why), inner);

    private SignalboxException None() => Environment.GetEnvironmentVariable("GITHUB_ACTIONS") == "true"
        ? new(ExitCode.Undecided, Finding.Error("token-none", $"there is no token for {url.Shown}, and the job may not ask for one of its own", new(JobCredentials.TokenVariable), "permissions: { id-token: write }   # at the job"))
        : new(ExitCode.Undecided, Finding.Error("token-none",
            $"there is no token for {url.Shown}; expected {JobCredentials.FileVariable}, {JobCredentials.TokenVariable}, or a CI job's own in {JobCredentials.IdTokenVariable}", new(JobCredentials.TokenVariable), $"{JobCredentials.FileVariable}=FILE signalbox status"));
}
