using Signalbox.Delivery;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Outbound;

namespace Signalbox.Evidence.Registries;

/// <summary>
/// Reads one repository of an OCI registry (distribution-spec v1.1). Nothing that it says is believed: bytes are held
/// against the digest that was asked for, and every answer is bounded in size, in number and in time.
/// </summary>
/// <param name="login">Null to pull as anybody may.</param>
/// <param name="plainHttp">The registry has no TLS though it is not on this machine.</param>
public sealed class RegistryClient(OutboundClient client, ImageReference image, RegistryLogin? login = null, bool plainHttp = false)
{
    /// <summary>Distribution-spec, "Pushing manifests": registries should take manifests of 4 MiB.</summary>
    private const int LargestManifest = 4 << 20;

    private const int MostPages = 20, MostReferrers = 1000, LargestError = 64 << 10;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30), s_blobPatience = TimeSpan.FromSeconds(60);

    private readonly Uri _address = image.Address(plainHttp);
    private string? _authorization;

    public ImageReference Image => image;

    /// <summary>Rules under which this registry, and nothing else beside public addresses, can be reached.</summary>
    public static OutboundRules RulesFor(ImageReference image, bool plainHttp) => OutboundRules.Naming(image.Address(plainHttp)) with { PlainHttp = plainHttp };

    /// <summary>The manifest that the reference means: by its digest where it has one, whatever its tag says now.</summary>
    /// <exception cref="RegistryException">There is none, or not what was asked for.</exception>
    public async Task<RegistryManifest> ManifestAsync(CancellationToken cancel) =>
        await FindAsync(image.Digest?.Value ?? image.Tag!, cancel).ConfigureAwait(false) ?? throw new RegistryException(RegistryFailure.Missing, $"there is no image {image}");

    /// <summary>
    /// The digest that the reference's tag has now, by its registry's word alone. Registries count manifests that are fetched, and a look at its head is none.
    /// </summary>
    /// <exception cref="RegistryException">There is no such image, or the registry does not answer.</exception>
    public async Task<Digest> DigestAsync(CancellationToken cancel)
    {
        var answer = await AskAsync(OutboundRequest.Get(AddressOf($"manifests/{image.Tag}"), LargestError, s_patience) with { Method = HttpMethod.Head, CutsAnswer = true, Redirects = RedirectRule.WithoutCredentials, Accept = RegistryManifest.MediaTypes }, cancel).ConfigureAwait(false);
        return answer.IsSuccess && Digest.TryParse(answer.Header("docker-content-digest"), out var digest) ? digest : (await ManifestAsync(cancel).ConfigureAwait(false)).Digest;
    }

    /// <param name="which">A digest or a tag.</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="RegistryException">It is not what was asked for, or the registry does not answer.</exception>
    public async Task<RegistryManifest?> FindAsync(string which, CancellationToken cancel)
    {
        var answer = await GetAsync($"manifests/{which}", RegistryManifest.MediaTypes, LargestManifest, s_patience, RedirectRule.SameOrigin, cancel).ConfigureAwait(false);
        if (answer.Status == 404) return null;
        CheckSuccess(answer, $"the manifest {which}");
        var digest = Digest.Of(answer.Body);
        if (which.Contains(':', StringComparison.Ordinal) && digest.Value != which) throw Untrue($"the manifest {which} has other bytes than its digest says: they are {digest}");
        if (answer.Header("docker-content-digest") is { } said && said != digest.Value) throw Untrue($"the registry says that {which} is {JsonFields.Shown(said)}, and gives {digest}");
        return Read($"the manifest {which}", () => RegistryManifest.Read(answer.Body, answer.ContentType));
    }

    /// <param name="most">Bytes.</param>
    /// <exception cref="RegistryException">It is missing, larger than its descriptor or <paramref name="most"/> says, or has other bytes.</exception>
    public async Task<byte[]> BlobAsync(RegistryDescriptor blob, int most, CancellationToken cancel)
    {
        if (blob.Size > most) throw Untrue($"the blob {blob.Digest} has {blob.Size:N0} bytes; the most is {most:N0}");
        var answer = await GetAsync($"blobs/{blob.Digest}", [], (int)Math.Max(blob.Size, LargestError), s_blobPatience, RedirectRule.WithoutCredentials, cancel).ConfigureAwait(false);
        CheckSuccess(answer, $"the blob {blob.Digest}");
        return answer.Body.Length == blob.Size && Digest.Of(answer.Body) == blob.Digest
            ? answer.Body
            : throw Untrue($"the blob {blob.Digest} has other bytes than its digest and size say");
    }

    /// <summary>What is about the digest: by the referrers API, and where the registry has none by the tag that stands for it.</summary>
    /// <exception cref="RegistryException">The list is not one, or has no end.</exception>
    public async Task<IReadOnlyList<RegistryDescriptor>> ReferrersAsync(Digest digest, CancellationToken cancel)
    {
        var found = new List<RegistryDescriptor>();
        var next = $"referrers/{digest}";
        for (var page = 0; next is not null; page++)
        {
            if (page == MostPages) throw Untrue($"the list of what is about {digest} has more than {MostPages} pages");
            var answer = await GetAsync(next, [RegistryManifest.Index], LargestManifest, s_patience, RedirectRule.SameOrigin, cancel).ConfigureAwait(false);
            if (page == 0 && (answer.Status is 404 or 405 || (answer.Status == 400 && answer.ContentType != RegistryManifest.Index)))
                return await FindAsync($"sha256-{digest.Hex}", cancel).ConfigureAwait(false) is { IsIndex: true } index ? index.Entries : [];
            CheckSuccess(answer, $"the list of what is about {digest}");
            found.AddRange(Read("the list of referrers", () => RegistryManifest.Read(answer.Body, answer.ContentType)).Entries);
            if (found.Count > MostReferrers) throw Untrue($"{found.Count} manifests are about {digest}; the most is {MostReferrers}");
            next = NextPage(answer, digest);
        }
        return found;
    }

    /// <summary>A next page is one of the same list: a link cannot lead anywhere else.</summary>
    private string? NextPage(OutboundAnswer answer, Digest digest)
    {
        if (answer.Header("link") is not { } link || !link.Contains("rel=\"next\"", StringComparison.OrdinalIgnoreCase)) return null;
        var (start, end) = (link.IndexOf('<', StringComparison.Ordinal), link.IndexOf('>', StringComparison.Ordinal));
        var list = new Uri(_address, $"/v2/{image.Repository}/referrers/{digest}");
        return start >= 0 && end > start && Uri.TryCreate(answer.Address, link[(start + 1)..end], out var next) && next.AbsolutePath == list.AbsolutePath && next.Authority == list.Authority
            ? $"referrers/{digest}{next.Query}"
            : throw Untrue($"the list of what is about {digest} goes on somewhere else");
    }

    private Task<OutboundAnswer> GetAsync(string path, IReadOnlyList<string> accept, int most, TimeSpan within, RedirectRule redirects, CancellationToken cancel) =>
        AskAsync(OutboundRequest.Get(AddressOf(path), most, within) with { Accept = accept, Redirects = redirects }, cancel);

    private Uri AddressOf(string path) => new(_address, $"/v2/{image.Repository}/{path}");

    private async Task<OutboundAnswer> AskAsync(OutboundRequest request, CancellationToken cancel)
    {
        try
        {
            var answer = await client.SendAsync(request with { Authorization = _authorization }, cancel).ConfigureAwait(false);
            if (answer.Status != 401) return answer;
            var challenge = RegistryChallenge.Of(answer.Headers.GetValueOrDefault("www-authenticate") ?? []) ?? throw new RegistryException(RegistryFailure.Unavailable, $"{image.Registry} lets nobody in and does not say how");
            _authorization = await RegistryToken.AnswerAsync(client, challenge, image, login, cancel).ConfigureAwait(false);
            return await client.SendAsync(request with { Authorization = _authorization }, cancel).ConfigureAwait(false);
        }
        catch (OutboundException e)
        {
            throw new RegistryException(e.Failure == OutboundFailure.TooLarge ? RegistryFailure.Untrue : RegistryFailure.Unavailable, e.Message, e);
        }
    }

    private void CheckSuccess(OutboundAnswer answer, string what)
    {
        if (answer.IsSuccess) return;
        throw answer.Status is 401 or 403
            ? new RegistryException(RegistryFailure.Unavailable, $"{image.Registry} does not give {what} to {(login is null ? "anybody" : login.User)} (it answered {answer.Status})")
            : new RegistryException(answer.Status == 404 ? RegistryFailure.Missing : RegistryFailure.Unavailable, $"{image.Registry} does not give {what}: it answered {answer.Status}");
    }

    private T Read<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is MalformedException or InvalidOperationException)
        {
            throw new RegistryException(RegistryFailure.Untrue, $"{image.Registry}: {what} is not one: {e.Message}", e);
        }
    }

    private RegistryException Untrue(string message) => new(RegistryFailure.Untrue, $"{image.Registry}: {message}");
}
