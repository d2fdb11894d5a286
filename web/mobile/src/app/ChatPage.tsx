export { Chat as ChatPage } from '../features/chat/Chat'
