import adapter from '@sveltejs/adapter-auto';
