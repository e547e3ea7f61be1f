using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Signalbox.Cli.StaticSite;

/// <summary>How long browsers may keep a file without asking.</summary>
internal static partial class CacheRules
{
    /// <summary>They keep it and ask each time whether it is still the one: an answer of a few bytes.</summary>
    public const string Ask = "no-cache";

    private const string Forever = "public, max-age=31536000, immutable";

    public static string For(string path, int status) => status == StatusCodes.Status200OK && IsHashed(path) ? Forever : Ask;

    /// <summary>
    /// Names that change with their content. In folders that hold nothing else (Astro, Nuxt, SvelteKit, Next.js) each is one; in
    /// assets/ (Vite) and static/ (Create React App, Vue CLI) those that cannot be words: what is kept for a year must not be wrong.
    /// </summary>
    internal static bool IsHashed(string path) => OwnFolder().IsMatch(path) || (Folder().IsMatch(path) && Hash().IsMatch(path));

    [GeneratedRegex("^/(.*/)?(_astro/|_nuxt/(?!builds/)|_app/immutable/|_next/static/)")]
    private static partial Regex OwnFolder();

    [GeneratedRegex("^/(.*/)?(assets|static/(js|css|media))/")]
    private static partial Regex Folder();

    // hexadecimal with a digit and a letter, or the eight characters of Rollup (base64url) with a capital behind the first
    [GeneratedRegex(@"[-.]((?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{8,64}|(?=.[a-z0-9_]*[A-Z])(?=[A-Z]*[a-z0-9])[A-Za-z0-9_]{8})(\.chunk|\.min)?\.[A-Za-z0-9]{1,10}(\.map)?$")]
    private static partial Regex Hash();
}
