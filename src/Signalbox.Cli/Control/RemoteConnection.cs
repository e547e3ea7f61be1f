namespace Signalbox.Cli.Control;

/// <summary>
/// What every request to a control plane elsewhere goes through: its token, a limit in time and size, and a look at who answers. Redirects are
/// not followed at all: a token goes nowhere else.
/// </summary>
internal sealed class RemoteConnection(ControlPlaneUrl url, RemoteToken token, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>A request whose answer is read as it comes, for as long as its reader likes.</summary>
    public static readonly HttpRequestOptionsKey<bool> Streams = new("signalbox-streams");

    /// <summary>Of one answer: evidence may be that large.</summary>
    private const long MostBytes = 256L << 20;

    /// <summary>An upload has its time for the way there.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(100), s_upload = TimeSpan.FromHours(1);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        request.Headers.Authorization = new("Bearer", await token.GetAsync(cancel).ConfigureAwait(false));
        var patience = request.Content is StreamContent ? s_upload : s_patience;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(patience);
        try
        {
            return await AnswerAsync(request, late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw RemoteErrors.TooSlow(url, patience);
        }
        catch (Exception e) when (e is (HttpRequestException or IOException) and not RemoteUnreachableException)
        {
            throw RemoteErrors.Away(url, e);
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        var answer = await base.SendAsync(request, cancel).ConfigureAwait(false);
        try
        {
            if (RemoteErrors.OfStatus(url, (int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, Version(answer)) is { } foreign) throw foreign;
            if (!request.Options.TryGetValue(Streams, out var streams) || !streams) await answer.Content.LoadIntoBufferAsync(MostBytes, cancel).ConfigureAwait(false);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private static string? Version(HttpResponseMessage answer) => answer.Headers.TryGetValues(RemoteErrors.VersionHeader, out var values) ? values.First() : null;
}
