using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Outbound;

namespace Signalbox.Evidence.Registries;

/// <summary>Fetches a token to pull with (distribution-spec; docs.docker.com, "Token authentication"): anonymous, or with the registry's login.</summary>
internal static class RegistryToken
{
    private const int LargestAnswer = 64 << 10, LongestToken = 16 << 10;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <returns>The Authorization header to try again with.</returns>
    /// <exception cref="RegistryException">There is none.</exception>
    public static async Task<string> AnswerAsync(OutboundClient client, RegistryChallenge challenge, ImageReference image, RegistryLogin? login, CancellationToken cancel)
    {
        if (challenge.Scheme == "basic") return login?.BasicHeader ?? throw Refused(image, "asks for a name and a password");
        var answer = await client.SendAsync(
            OutboundRequest.Get(Realm(challenge, image), LargestAnswer, s_patience) with { Accept = ["application/json"], Authorization = login?.BasicHeader, Redirects = RedirectRule.SameOrigin }, cancel).ConfigureAwait(false);
        if (!answer.IsSuccess) throw Refused(image, $"gives no token to pull with: {answer.Address.Host} answered {answer.Status}");
        return "Bearer " + Read(answer.Body, image);
    }

    /// <summary>The registry says whom to ask, not for what: the scope is always this repository, to pull.</summary>
    private static Uri Realm(RegistryChallenge challenge, ImageReference image)
    {
        if (!challenge.Parameters.TryGetValue("realm", out var text) || !Uri.TryCreate(text, UriKind.Absolute, out var realm) || realm.Fragment.Length > 0)
            throw Refused(image, "names no token service");
        var query = new List<string> { $"scope={Uri.EscapeDataString($"repository:{image.Repository}:pull")}" };
        if (challenge.Parameters.TryGetValue("service", out var service)) query.Insert(0, $"service={Uri.EscapeDataString(service)}");
        return new UriBuilder(realm) { Query = string.Join('&', new[] { realm.Query.TrimStart('?') }.Where(part => part.Length > 0).Concat(query)) }.Uri;
    }

    /// <exception cref="RegistryException">The answer holds no token.</exception>
    internal static string Read(byte[] body, ImageReference image)
    {
        try
        {
            var fields = JsonFields.Parse(body, "the token");
            var token = fields.Text("token") ?? fields.RequiredText("access_token");
            return token.Length is > 0 and <= LongestToken && token.All(c => c is > ' ' and < (char)127) ? token : throw new MalformedException("the token is not one");
        }
        catch (MalformedException e)
        {
            throw new RegistryException(RegistryFailure.Unavailable, $"{image.Registry} gives no token to pull with: {e.Message}", e);
        }
    }

    private static RegistryException Refused(ImageReference image, string why) => new(RegistryFailure.Unavailable, $"{image.Registry} {why}");
}
