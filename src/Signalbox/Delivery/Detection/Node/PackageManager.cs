namespace Signalbox.Delivery.Detection.Node;

/// <summary>How the packages of a Node project are installed, built and thinned out.</summary>
/// <param name="Install">What is installed is what the lock file says, where there is one.</param>
/// <param name="Run">In front of a script's name.</param>
/// <param name="Prune">Removes what only development needs.</param>
internal sealed record PackageManager(string Name, string Install, string Run, string Prune, Place? LockFile)
{
    public static PackageManager Of(SourceTree tree, PackageFile package)
    {
        var named = package.Root["packageManager"]?.Text ?? "";
        if (Lock(tree, "pnpm-lock.yaml") is { } pnpm) return Pnpm(pnpm);
        if (Lock(tree, "yarn.lock") is { } yarn) return Yarn(yarn, berry: tree.Has(".yarnrc.yml") || named.StartsWith("yarn@", StringComparison.Ordinal) && !named.StartsWith("yarn@1", StringComparison.Ordinal));
        if (Lock(tree, "bun.lock", "bun.lockb") is { } bun) return new("bun", "bun install --frozen-lockfile", "bun run", "rm -rf node_modules && bun install --production --frozen-lockfile", bun);
        if (Lock(tree, "package-lock.json", "npm-shrinkwrap.json") is { } npm) return Npm("npm ci", npm);
        if (named.StartsWith("pnpm@", StringComparison.Ordinal)) return Pnpm(null) with { Install = "pnpm install" };
        if (named.StartsWith("yarn@", StringComparison.Ordinal)) return Yarn(null, berry: false) with { Install = "yarn install" };
        return Npm("npm install", null);
    }

    private static PackageManager Npm(string install, Place? at) => new("npm", install, "npm run", "npm prune --omit=dev", at);

    private static PackageManager Pnpm(Place? at) => new("pnpm", "pnpm install --frozen-lockfile", "pnpm run", "pnpm prune --prod", at);

    private static PackageManager Yarn(Place? at, bool berry) => berry
        ? new("yarn", "yarn install --immutable", "yarn run", "yarn workspaces focus --production", at)
        : new("yarn", "yarn install --frozen-lockfile", "yarn run", "yarn install --production --ignore-scripts --prefer-offline", at);

    private static Place? Lock(SourceTree tree, params string[] names) =>
        names.FirstOrDefault(tree.Has) is { } name ? tree.At(name) : null;
}
